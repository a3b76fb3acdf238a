import { svg } from './dom.js';

/** Line drawings on a 20 × 20 grid; they take the colour of the text around them. */
const PATHS = {
  reply: ['M8 5 3.5 9.5 8 14', 'M4 9.5h7a5 5 0 0 1 5 5v1'],
  more: ['M4.5 10h.01', 'M10 10h.01', 'M15.5 10h.01'],
  close: ['m5 5 10 10', 'M15 5 5 15'],
  menu: ['M3.5 5.5h13', 'M3.5 10h13', 'M3.5 14.5h13'],
  hash: ['M7.8 3.5 6.2 16.5', 'M13.8 3.5l-1.6 13', 'M3.8 7.5h13', 'M3.2 12.5h13'],
  lock: ['M5 9h10v7.5H5z', 'M7 9V6.5a3 3 0 0 1 6 0V9'],
  file: ['M5 2.5h6.5L15.5 6.5v11H5z', 'M11.5 2.5v4h4'],
  download: ['M10 3.5v9', 'm6 9 4 4 4-4', 'M4 16.5h12'],
  clip: ['m15.5 9-5.8 5.8a3.3 3.3 0 0 1-4.7-4.7l6.2-6.2a2.2 2.2 0 0 1 3.1 3.1l-6 6a1.1 1.1 0 0 1-1.6-1.6L12 6.2'],
  trash: ['M4.5 6h11', 'M8 6V4h4v2', 'm6 6 .7 10.5h6.6L14 6', 'M8.5 9v4.5', 'M11.5 9v4.5'],
  send: ['M3.5 10 16.5 4l-4 12.5-3-5z', 'm9.5 11.5 7-7.5'],
  bolt: ['M11 2.5 4.5 11.5H10l-1 6 6.5-9H10z'],
  up: ['m5.5 12.5 4.5-5 4.5 5'],
  back: ['M12.5 4.5 7 10l5.5 5.5'],
  eye: ['M2 10s3-5.5 8-5.5 8 5.5 8 5.5-3 5.5-8 5.5S2 10 2 10Z', 'M10 7.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8Z'],
};

export function icon(name) {
  return svg(
    'svg',
    { class: `icon icon-${name}`, viewBox: '0 0 20 20', 'aria-hidden': 'true' },
    PATHS[name].map((d) => svg('path', { d })),
  );
}
