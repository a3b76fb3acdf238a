/** What a question asks for: a command, and what would be typed after it. */
export interface ReadQuestion {
  readonly command: string;
  readonly text: string;
}

interface Intent {
  readonly command: string;
  /** The first that fits decides; a group called `who` is what the command is about. */
  readonly patterns: readonly RegExp[];
  /** What is typed after the command where nothing was named. */
  readonly otherwise?: string;
  /** Whether "my" in the question means the asker's own customers. */
  readonly takesMine?: true;
}

const CUSTOMERS = '(?:customers?|accounts?|clients?|companies|buyers?)';

/**
 * The questions that Kith reads without a slash, in English and Chinese, the more particular first. It is a closed set on purpose:
 * what is read is said, so a misreading is seen at once.
 */
const INTENTS: readonly Intent[] = [
  {
    command: 'churn-risk',
    otherwise: 'lapsed',
    patterns: [
      /\b(?:win[- ]?back|reactivat\w*|lapsed)\b/i,
      new RegExp(`\\b(?:who|which ${CUSTOMERS}) (?:have|did) we (?:lost|lose)\\b`, 'i'),
      /赢回|挽回|召回|已(?:经)?流失|流失了哪些/u,
    ],
  },
  {
    command: 'customer',
    patterns: [
      /^why (?:is|are|did|does|has|would) (?<who>.+?) (?:so )?(?:at risk|risky|leav\w+|quiet|go\w* quiet|slipping|late|unhappy|stop\w*)\b/i,
      /^为什么(?<who>.+?)(?:有风险|会流失|要流失|不下单|没下单|变安静|流失)/u,
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
    command: 'basket',
    patterns: [
      /\bwhat (?:goes|sells|is bought|do (?:people|customers) buy)(?: together| well)? with (?<who>.+)$/i,
      /\b(?:bought|buy|sold|goes?|purchased) together\b/i,
      /\bcross[- ]?sell\b/i,
      /(?:和|与|跟)(?<who>.+?)(?:一起|搭配|同时)/u,
      /一起(?:买|购买)|搭配|关联(?:购买|规则)|交叉销售/u,
    ],
  },
  {
    command: 'likely',
    takesMine: true,
    patterns: [
      /\bwho (?:will|would|might|is going to|is likely to|could) (?:buy|order|purchase|want) (?!next\b|again\b|soon\b|this\b|now\b)(?<who>.+)$/i,
      /\b(?:likely|going|about|due|ready) to (?:buy|order|purchase|renew)\b/i,
      /\bwho (?:will|would|might|could|should) (?:buy|order|purchase|renew)\b/i,
      /谁(?:会|可能|最可能|将)(?:买|购买|下单|续约)(?<who>[^了吗呢?？。]*)/u,
      /(?:可能|即将|准备)(?:购买|下单|续约)/u,
    ],
  },
  {
    command: 'churn-risk',
    takesMine: true,
    patterns: [
      /\b(?:went|go|goes|going|gone|getting|are|became) (?:quiet|silent|cold|inactive)\b/i,
      /\b(?:at risk|churn\w*|slipping away|leaving us|about to leave|might leave|may leave|will leave|stop(?:ped)? (?:buying|ordering)|haven[’']?t (?:bought|ordered)|not (?:bought|ordered))\b/i,
      /流失|沉默|沉寂|不活跃|有风险|不再下单|(?:没|没有|未)(?:下单|购买|买)/u,
    ],
  },
  {
    command: 'service',
    takesMine: true,
    patterns: [
      /\b(?:which|what|open|oldest|most urgent) tickets?\b/i,
      /\b(?:tickets?|support|service) (?:queue|first)\b/i,
      /\b(?:unhappy|dissatisfied|angry)\b/i,
      /工单|客诉|不满意/u,
    ],
  },
  {
    command: 'models',
    patterns: [
      /\bhow (?:good|accurate|right|reliable|sure)\b.*\b(?:predictions?|models?|scores?|kith|you)\b/i,
      /\b(?:can|should) (?:i|we) (?:trust|believe)\b/i,
      /(?:预测|模型|评分).*(?:准|可靠|可信)|准确率/u,
    ],
  },
  {
    command: 'forecast',
    patterns: [
      /\bforecast\b/i,
      /\bhow much (?:will|are|do) we (?:going to )?(?:sell|earn|make|take|book|expect)\b/i,
      /\b(?:expected|next (?:month|quarter)[’']?s?) (?:revenue|sales)\b|\b(?:revenue|sales) (?:next|this) (?:month|quarter|year)\b/i,
      /预测|预计(?:收入|销售)|下个?(?:月|季度)(?:的)?(?:收入|销售|营收)/u,
    ],
  },
  {
    command: 'anomalies',
    patterns: [
      /\b(?:unusual|strange|odd|weird|anomal\w+|out of the ordinary|suspicious)\b/i,
      /\bwhat(?:[’']s| is| has)? (?:changed|new)\b/i,
      /异常|不寻常|反常|有什么变化/u,
    ],
  },
  {
    command: 'value',
    otherwise: 'high',
    patterns: [
      new RegExp(`\\b(?:best|biggest|largest|top|most valuable|most important) ${CUSTOMERS}\\b`, 'i'),
      new RegExp(`\\b${CUSTOMERS} (?:are|is) (?:worth|the most valuable)\\b`, 'i'),
      /最(?:有价值|重要|大)的?客户|高价值/u,
    ],
  },
  {
    command: 'loyalty',
    patterns: [/\b(?:loyal\w*|tiers?|gold|platinum|silver|bronze)\b/i, /忠诚|等级|金牌|会员/u],
  },
  {
    command: 'segments',
    patterns: [
      /\b(?:segments?|segmentation|clusters?)\b/i,
      new RegExp(`\\b(?:groups? of ${CUSTOMERS}|${CUSTOMERS} (?:are )?(?:grouped|alike|similar))\\b`, 'i'),
      /分群|细分|客户群|哪些客户相似/u,
    ],
  },
  {
    command: 'kith',
    otherwise: 'health',
    patterns: [
      /\b(?:data quality|duplicates?|missing (?:data|values)|clean data)\b/i,
      /数据(?:质量|健康)|重复(?:客户|数据)|缺失/u,
    ],
  },
  {
    command: 'kith',
    otherwise: 'status',
    patterns: [
      /\b(?:last sync|up to date|how fresh|data as of|are you (?:ok|alive|working))\b/i,
      /同步|数据(?:截至|新鲜)|运行状态/u,
    ],
  },
  {
    command: 'customers',
    patterns: [
      new RegExp(`\\bhow many ${CUSTOMERS}\\b`, 'i'),
      /\b(?:portfolio|customer base|cohorts?)\b/i,
      /多少(?:个|位|家)?客户|客户(?:总数|概况|组合)|同期群/u,
    ],
  },
  {
    command: 'customer',
    patterns: [
      /^(?:tell me (?:about|more about)|what about|how is|how are|what do (?:we|you) know about|show(?: me)?|who is) (?<who>.+?)(?: doing)?$/i,
      /^(?:介绍(?:一下)?|说说|关于|看看|查一下)(?<who>.+)$/u,
      /^(?<who>.+?)(?:怎么样|如何|的情况)$/u,
    ],
  },
  {
    command: 'kith',
    otherwise: 'help',
    patterns: [
      /^(?:help|hi|hello|hey|what can you do|how does this work)\b/i,
      /^(?:帮助|你好|您好|你能做什么|怎么用)/u,
    ],
  },
];

const MINE = /\b(?:my|mine|our own|i own)\b|我的|我负责/iu;
/** What is written around a name and is not of it. */
const AROUND =
  /^(?:the |our |my |customer |account |client |客户|我的|我们的)+|(?: please| now| today| then|吗|呢|了)+$/giu;

/** The question as one line without what surrounds it. */
export function bareQuestion(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/<[@#!][^>]*>/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/^(?:(?:hey|hi|hello|ok|please|kith|can you|could you|请问?|你好)[,，:：\s]+)+/iu, '')
    .replace(/[\s?？!！。.]+$/u, '');
}

/** What a question means; null when it is none of those that Kith reads. Never throws, whatever is written. */
export function readQuestion(text: string): ReadQuestion | null {
  const bare = bareQuestion(text);
  for (const { command, patterns, otherwise = '', takesMine } of INTENTS) {
    for (const pattern of patterns) {
      const match = pattern.exec(bare);
      if (match === null) continue;
      const who = (match.groups?.who ?? '').replace(AROUND, '').trim();
      if (who !== '' && !/^(?:it|them|they|that|this|customers?|he|she|他|她|它)$/iu.test(who))
        return { command, text: who };
      if (match.groups?.who !== undefined && who !== '') continue;
      return { command, text: takesMine === true && MINE.test(bare) ? 'me' : otherwise };
    }
  }
  return null;
}

/** What a reply in the thread of an answer asks for: the same for somebody else; null when it is no such thing. */
export function readFollowUp(text: string, last: ReadQuestion): ReadQuestion | null {
  const bare = bareQuestion(text);
  if (/^(?:only )?(?:mine|my (?:customers|own)|for me|me)$|^(?:只看)?我的(?:客户)?$/iu.test(bare))
    return { ...last, text: 'me' };
  if (/^(?:all|everybody|everyone|for (?:all|everybody|everyone))$|^(?:全部|所有(?:人|客户)?)$/iu.test(bare)) {
    return { ...last, text: '' };
  }
  if (/^(?:again|refresh|once more|update)$|^(?:再来一次|刷新)$/iu.test(bare)) return last;
  const who =
    /^(?:and for|and what about|and|what about|only|for|just|now for) (?<who>.+)$|^(?:那|那么|只看)(?<who2>.+?)(?:呢)?$/iu.exec(
      bare,
    );
  const named = (who?.groups?.who ?? who?.groups?.who2 ?? '').replace(AROUND, '').trim();
  return named === '' ? null : { ...last, text: named };
}
