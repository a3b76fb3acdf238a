/** The blocks that Kith sends, as Slack's Block Kit reference gives them (its package has no type for charts yet). */
export interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

export interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Names are not turned into links or mentions by themselves. */
  readonly verbatim: true;
}

export interface Button {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: PlainText;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
}

export interface HeaderBlock {
  readonly type: 'header';
  readonly text: PlainText;
}

export interface SectionBlock {
  readonly type: 'section';
  readonly text?: PlainText | Mrkdwn;
  readonly fields?: readonly (PlainText | Mrkdwn)[];
  readonly accessory?: Button;
}

export interface ContextBlock {
  readonly type: 'context';
  readonly elements: readonly (PlainText | Mrkdwn)[];
}

export interface ActionsBlock {
  readonly type: 'actions';
  readonly elements: readonly Button[];
}

export interface ImageBlock {
  readonly type: 'image';
  readonly slack_file: { readonly id: string };
  readonly alt_text: string;
}

/** https://docs.slack.dev/reference/block-kit/blocks/data-table-block: the first row is the header. */
export interface DataTableBlock {
  readonly type: 'data_table';
  readonly caption: string;
  readonly page_size: number;
  readonly rows: readonly (readonly { readonly type: 'raw_text'; readonly text: string }[])[];
}

export interface NativeSeries {
  readonly name: string;
  readonly data: readonly { readonly label: string; readonly value: number }[];
}

export type NativeChart =
  | { readonly type: 'pie'; readonly segments: readonly { readonly label: string; readonly value: number }[] }
  | {
      readonly type: 'bar' | 'line' | 'area';
      readonly series: readonly NativeSeries[];
      readonly axis_config: {
        readonly categories: readonly string[];
        readonly x_label?: string;
        readonly y_label?: string;
      };
    };

/** https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block */
export interface DataVisualizationBlock {
  readonly type: 'data_visualization';
  readonly title: string;
  readonly chart: NativeChart;
}

export type Block =
  | HeaderBlock
  | SectionBlock
  | ContextBlock
  | ActionsBlock
  | ImageBlock
  | DataTableBlock
  | DataVisualizationBlock;
