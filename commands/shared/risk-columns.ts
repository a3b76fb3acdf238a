import type { ChurnDetails, ChurnSummary } from '../../src/analyses/churn-summary.ts';
import type { Run } from '../../src/domain/results.ts';
import type { CustomerRow } from '../../src/privacy/privacy-reader.ts';
import { inCurrency, type ListColumn, rounded } from './whole-list.ts';

interface RiskLine {
  readonly row: Omit<CustomerRow, 'details'>;
  readonly details: ChurnDetails;
}

/** What a file says of customers at risk, or of those who may be won back. */
export function riskColumns(
  run: Run,
  { horizon_days: days }: ChurnSummary,
  kind: 'at-risk' | 'win-back',
): ListColumn<RiskLine>[] {
  const orders: ListColumn<RiskLine>[] = [
    {
      title: { en: 'Days since the last order', zh: '距上次下单天数' },
      cell: ({ details }) => rounded(details.days_since, 0),
    },
    { title: { en: 'Orders', zh: '订单数' }, cell: ({ details }) => details.orders },
    {
      title: inCurrency(run, { en: 'Usual order', zh: '通常订单金额' }),
      cell: ({ details }) => rounded(details.order_size),
    },
    {
      title: inCurrency(run, { en: `Worth in ${days} days while active`, zh: `活跃时 ${days} 天的价值` }),
      cell: ({ details }) => rounded(details.value),
    },
  ];
  if (kind === 'win-back') return orders;
  return [
    // Below evidence level 2 a number would be read as a probability, which it is not; before its season nobody is at risk.
    {
      title: { en: 'Risk', zh: '风险' },
      cell: ({ row, details }) => (row.evidence < 2 || details.out_of_season ? null : rounded(row.value, 4)),
    },
    { title: { en: 'Band', zh: '等级' }, cell: ({ row }) => row.band },
    { title: inCurrency(run, { en: 'At risk', zh: '面临风险' }), cell: ({ details }) => rounded(details.at_risk) },
    ...orders,
  ];
}
