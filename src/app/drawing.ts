import type { ChartRenderer } from '../ports/chart-renderer.ts';
import type { DocumentRenderer } from '../ports/document-renderer.ts';

/** Charts and documents. The canvas and the chart library are loaded by the first that is drawn: most of what is typed draws none. */
export function createDrawing(): { readonly renderer: ChartRenderer; readonly documents: DocumentRenderer } {
  let charts: Promise<ChartRenderer> | undefined;
  let documents: Promise<DocumentRenderer> | undefined;
  const renderer: ChartRenderer = {
    async png(chart) {
      charts ??= import('../../integrations/chartjs/chart-renderer.ts').then((module) => module.createChartRenderer());
      return (await charts).png(chart);
    },
  };
  return {
    renderer,
    documents: {
      async pdf(document) {
        documents ??= import('../../integrations/chartjs/pdf.ts').then((module) =>
          module.createDocumentRenderer(renderer),
        );
        return (await documents).pdf(document);
      },
    },
  };
}
