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
  readonly confirm?: ConfirmationDialog;
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object: asked before a click is told. */
export interface ConfirmationDialog {
  readonly title: PlainText;
  readonly text: PlainText;
  readonly confirm: PlainText;
  readonly deny: PlainText;
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

export interface Option {
  readonly text: PlainText;
  readonly value: string;
}

export type InputElement = { readonly action_id: string } & (
  | {
      readonly type: 'plain_text_input';
      readonly multiline: boolean;
      readonly initial_value?: string;
      readonly max_length?: number;
    }
  | {
      readonly type: 'number_input';
      readonly is_decimal_allowed: boolean;
      /** Slack wants numbers as text here. */
      readonly initial_value?: string;
      readonly min_value?: string;
      readonly max_value?: string;
    }
  | { readonly type: 'static_select'; readonly options: readonly Option[]; readonly initial_option?: Option }
  | {
      readonly type: 'conversations_select';
      readonly initial_conversation?: string;
      readonly filter: { readonly include: readonly ['public', 'private']; readonly exclude_bot_users: true };
    }
  | { readonly type: 'users_select'; readonly initial_user?: string }
  | { readonly type: 'datepicker'; readonly initial_date?: string }
  | { readonly type: 'timepicker'; readonly initial_time?: string }
);

/** Modals alone have these. */
export interface InputBlock {
  readonly type: 'input';
  readonly block_id: string;
  readonly label: PlainText;
  readonly hint?: PlainText;
  readonly optional: boolean;
  readonly element: InputElement;
}

export interface ModalView {
  readonly type: 'modal';
  readonly callback_id: string;
  readonly title: PlainText;
  readonly submit?: PlainText;
  readonly close: PlainText;
  readonly private_metadata: string;
  readonly blocks: readonly Block[];
}

export interface HomeView {
  readonly type: 'home';
  readonly blocks: readonly Block[];
}

export type Block =
  | HeaderBlock
  | SectionBlock
  | ContextBlock
  | ActionsBlock
  | ImageBlock
  | DataTableBlock
  | DataVisualizationBlock
  | InputBlock;
