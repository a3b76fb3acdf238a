/** What a question asks for: a command, and what would be typed after it. */
export interface ReadQuestion {
  readonly command: string;
  readonly text: string;
}

interface NamedIntent {
  readonly command: string;
  /** Each holds a group called `who`. */
  readonly patterns: readonly RegExp[];
}

const LEAVE =
  '(?:churn|leave(?: us)?|stop (?:buying|ordering)|lapse|go (?:quiet|silent|cold)|not (?:buy|order)(?: again)?)';
const BUY = '(?:buy|order|purchase|renew)';
const SOON = '(?: (?:again|soon|next|now|this (?:week|month|quarter|year)|next (?:week|month|quarter|year)))*';

/**
 * The questions about one customer (or owner, or segment) by its name, in English and Chinese. They are looked at before the others, so
 * that a customer whose name holds a word of another question ("Forecast Labs") is read as the customer.
 */
const NAMED_INTENTS: readonly NamedIntent[] = [
  {
    command: 'churn-risk',
    patterns: [
      /^(?:is|are|was) (?<who>.+?)(?: still| now| really)? (?:at (?:high |some )?risk|risky|leaving(?: us)?|churning|slipping(?: away)?|going (?:quiet|silent|cold))(?: now)?$/i,
      new RegExp(`^(?:is|are) (?<who>.+?) (?:likely|going|about) to ${LEAVE}${SOON}$`, 'i'),
      new RegExp(`^(?:will|would|could|might|may) (?<who>.+?) ${LEAVE}${SOON}$`, 'i'),
      new RegExp(`^how (?:likely|probable) is (?:it that )?(?<who>.+?) (?:to|will) ${LEAVE}${SOON}$`, 'i'),
      /^(?:what is|what[’']s) the (?:churn[- ])?risk (?:of|for|with) (?<who>.+)$/i,
      /^(?<who>.+?)(?:现在|最近)?(?:(?:是否|会不会|是不是|会|要|快要?|可能)+(?:流失|离开(?:我们)?|不再?下单|停止购买)|(?:是否|有没有|是不是)?(?:有|存在)?(?:流失)?风险(?:高|大)?)了?(?:吗|么|呢)?$/u,
      /^(?<who>.+?)的(?:流失)?风险(?:是多少|有多大|多大|高不高|高|大|怎么样|如何)?(?:吗|么|呢)?$/u,
    ],
  },
  {
    command: 'customer',
    patterns: [
      /^why (?:is|are|did|does|has|would) (?<who>.+?) (?:so )?(?:at risk|risky|leav\w+|quiet|go\w* quiet|slipping|late|unhappy|stop\w*)\b/i,
      /^(?:please )?(?:tell me (?:more )?about|what do (?:we|you) know about|what[’']?s up with|what(?: is|[’']s) going on with|what happened (?:to|with)|what about) (?<who>.+)$/i,
      /^how (?:is|are|was) (?<who>.+?)(?: doing)(?: today| now)?$/i,
      /^(?:what(?: is|[’']s) )?(?:the )?(?:value|worth|tier|segment|history) of (?<who>.+)$/i,
      /^what (?:is|are) (?<who>.+?) worth$/i,
      /^how (?:much|valuable) (?:is|are) (?<who>.+?)(?: worth)?$/i,
      /^(?:which|what) (?:segment|tier|group|class) is (?<who>.+?)(?: in)?$/i,
      new RegExp(`^(?:will|would|could|might|may) (?<who>.+?) ${BUY}${SOON}$`, 'i'),
      new RegExp(`^(?:is|are) (?<who>.+?) (?:likely|going|about|due|ready) to ${BUY}${SOON}$`, 'i'),
      new RegExp(`^when (?:did|will|does|do) (?<who>.+?) (?:last |next )?${BUY}(?: last)?${SOON}$`, 'i'),
      /^为什么(?<who>.+?)(?:会|要)?(?:有(?:流失)?风险|流失|不下单|没下单|变安静)/u,
      /^(?<who>.+?)(?:还|可能|会不会|会)+再?(?:下单|续约|购买|买)(?:吗|么|呢)?$/u,
      /^(?<who>.+?)(?:最近)?(?:怎么样|如何|的情况)(?:了)?$/u,
      /^(?<who>.+?)的(?:价值|等级|分群)(?:是多少|怎么样|如何|是什么|有多高)?$/u,
      /^(?:介绍(?:一下)?|说说|关于|看看|查一下)(?<who>.+)$/u,
    ],
  },
  {
    command: 'recommend',
    patterns: [
      /\bwhat (?:should|can|could|shall) (?:i|we) (?:offer|recommend|sell|suggest|pitch)(?: next)?(?: to)? (?<who>.+)$/i,
      /\b(?:recommend|suggest)(?: something| a product)? (?:for|to) (?<who>.+)$/i,
      /\bnext product for (?<who>.+)$/i,
      /(?:给|向|为)(?<who>.+?)(?:推荐|推销|卖)(?:什么|点什么|哪些)?/u,
    ],
  },
  {
    command: 'service',
    patterns: [/\btickets? (?:of|from|by|for) (?<who>.+)$/i],
  },
];

/** What is written around a name and is not of it. */
const AROUND =
  /^(?:(?:the|our|my|customer|account|client) |客户|我的|我们的)+|(?: please| now| today| then| doing|的|吗|呢|了)+$/giu;

/** Words that these questions are made of: a name holds at least one other. */
const NO_NAMES = new Set(
  `a an and any anybody anyone anything everybody everyone everything nobody somebody someone something all some most more many much few one
  the this that these those it its i me my mine we us our you your he him his she her they them their who whom whose which what when where
  why how is are was were be been being do does did doing done have has had will would can could should shall may might must not no yes
  of for from with without in into on at to by about as than then so or if still now again soon today tomorrow yesterday ago lately
  new old next last this week weeks month months quarter quarters year years day days time
  customer customers account accounts client clients company companies buyer buyers people person owner owners
  buy buys buying bought order orders ordering ordered purchase purchases purchased sell sells sold renew renews renewed
  churn churning churned risk risky leave leaving left stop stopped stopping quiet silent cold inactive active lapsed lost slipping
  likely unlikely due late ready best biggest largest top valuable important good bad better worse high medium low
  forecast forecasts revenue sales pipeline value worth money segment segments segmentation cluster clusters group groups grouped alike similar
  tier tiers loyalty loyal gold silver bronze platinum member members ticket tickets support service queue unhappy angry dissatisfied
  anomaly anomalies unusual strange odd weird changed model models prediction predictions score scores accurate
  data quality duplicate duplicates sync status portfolio base cohort cohorts product products basket baskets together
  business department team teams marketing finance things thing situation weather kith help number numbers figures report digest`.split(
    /\s+/u,
  ),
);
/** The same in Chinese, which writes no spaces: what is left without them is a name. */
const NO_NAMES_ZH =
  /我们?|你们?|您|他们?|她们?|它们?|大家|的|这些?|那些?|今天|本周|这周|本月|这个?月|下个?月|下个?季度|今年|最近|现在|总体|整体|所有|全部|预测|收入|销售额?|营收|模型|数据|同步|工单|服务|客服|等级|会员|忠诚度?|分群|细分|业务|生意|公司|产品|情况|天气|市场|财务|团队|系统|价值|风险|流失|高|低|大|新|老|好|会|有|要|快|是|了|吗|呢/gu;
/** What asks for somebody, and is nobody's name. */
const ASKS_WHO =
  /客户|哪|谁|什么|多少|几个|怎么|为什么|\b(?:customers|accounts|clients|buyers|companies|which|who|whose|what|why|how|anybody|anyone|somebody|someone|everybody|everyone)\b/iu;

/** Whether a text that stands where a name would may be one. */
export function isName(text: string): boolean {
  if (text === '' || ASKS_WHO.test(text)) return false;
  // Whoever writes every word of it with a capital means a name, whatever it is made of.
  if (/^\p{Lu}\S*(?: (?:&|\p{Lu}\S*))+$/u.test(text)) return true;
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.some((word) =>
    /\p{sc=Han}/u.test(word) ? word.replace(NO_NAMES_ZH, '') !== '' : !NO_NAMES.has(word) && word.length > 1,
  );
}

/** A name without what is written around it. */
export function bareName(text: string): string {
  return text.replace(AROUND, '').trim();
}

/** What a question asks of somebody whom it names; null when it names nobody. */
export function readNamedQuestion(bare: string): ReadQuestion | null {
  for (const { command, patterns } of NAMED_INTENTS) {
    for (const pattern of patterns) {
      const who = bareName(pattern.exec(bare)?.groups?.who ?? '');
      if (isName(who)) return { command, text: who };
    }
  }
  return null;
}
