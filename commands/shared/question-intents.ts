import { bareName, isName, type ReadQuestion, readNamedQuestion } from './named-questions.ts';

interface Intent {
  readonly command: string;
  /** The first that fits decides; a group called `who` is what the command is about. */
  readonly patterns: readonly RegExp[];
  /** What is typed after the command where nothing was named. */
  readonly otherwise?: string;
  /** Whether "my" in the question means the asker's own customers. */
  readonly takesMine?: true;
  /** Whether it is asked of nobody but whom it names. */
  readonly needsName?: true;
}

const TIER = '(?:gold|platinum|silver|bronze)';
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
    command: 'recommend',
    takesMine: true,
    patterns: [
      /\bwhat (?:should|can|could|shall) (?:i|we) (?:offer|recommend|sell|suggest|pitch)\b/i,
      /推荐(?:什么|点什么|哪些)|下一个产品/u,
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
      /\b(?:at risk|churn\w*|slipping away|leaving(?: us)?|about to leave|might leave|may leave|will leave|stop(?:ped)? (?:buying|ordering)|haven[’']?t (?:bought|ordered)|not (?:bought|ordered))\b/i,
      /流失|沉默|沉寂|不活跃|有风险|不再下单|(?:没|没有|未)(?:下单|购买|买)/u,
      new RegExp(`^how (?:is|are) my ${CUSTOMERS}(?: doing)?$`, 'i'),
      /^我的客户(?:最近|现在)?(?:怎么样|如何|的情况)(?:了)?$/u,
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
    patterns: [
      /\b(?:loyal\w*|tiers?)\b/i,
      new RegExp(
        `\\b${TIER} (?:${CUSTOMERS}|members?)\\b|\\b(?:is|are|in|became|becomes?|reach\\w*|lost|loses?) ${TIER}\\b`,
        'i',
      ),
      /忠诚|等级|金牌|会员/u,
    ],
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
      new RegExp(`^how (?:is|are) (?:our|the|all(?: our)?) ${CUSTOMERS}(?: doing)?$`, 'i'),
      /^(?:我们的|所有|全部)?客户(?:最近|现在|总体|整体)?(?:怎么样|如何|的情况)(?:了)?$/u,
      /多少(?:个|位|家)?客户|客户(?:总数|概况|组合)|同期群/u,
    ],
  },
  {
    command: 'customer',
    needsName: true,
    patterns: [/^(?:how (?:is|are)|show(?: me)?|who is) (?<who>.+?)$/i],
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

/** A question that is longer is none of these. */
const MOST_CHARACTERS = 500;

/** What was written, on one line, without mentions and what ends a sentence. */
export function oneLine(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/<[@#!][^>]*>/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[\s?？!！。.]+$/u, '');
}

/** The same without what greets or asks politely before the question. */
export function bareQuestion(text: string): string {
  return oneLine(text).replace(/^(?:(?:hey|hi|hello|ok|please|kith|can you|could you|请问?|你好)[,，:：\s]+)+/iu, '');
}

/** What a question means; null when it is none of those that Kith reads. Never throws, whatever is written. */
export function readQuestion(text: string): ReadQuestion | null {
  const bare = bareQuestion(text);
  if (bare.length > MOST_CHARACTERS) return null;
  return readNamedQuestion(bare) ?? readTopic(bare);
}

function readTopic(bare: string): ReadQuestion | null {
  for (const { command, patterns, otherwise = '', takesMine, needsName } of INTENTS) {
    for (const pattern of patterns) {
      const match = pattern.exec(bare);
      if (match === null) continue;
      const who = bareName(match.groups?.who ?? '');
      if (needsName === true ? isName(who) : who !== '' && !PRONOUN.test(who)) return { command, text: who };
      if (needsName !== true) return { command, text: takesMine === true && MINE.test(bare) ? 'me' : otherwise };
    }
  }
  return null;
}

const PRONOUN = /^(?:it|them|they|that|this|customers?|he|she|他|她|它)$/iu;

/** What a reply in the thread of an answer asks for: the same for somebody else; null when it is no such thing. */
export function readFollowUp(text: string, last: ReadQuestion): ReadQuestion | null {
  const sure = readSureFollowUp(text, last);
  if (sure !== null) return sure;
  const said = bareName(MAY_FOLLOW.exec(bareQuestion(text))?.groups?.who ?? '');
  const isSaid = said !== '' && !CHATTER.test(said) && LIKE_A_NAME.test(said) && said.split(' ').length <= MOST_WORDS;
  return isSaid ? { ...last, text: said } : null;
}

/** The same for a reply that can be nothing but that, such as "what about Anna?". */
export function readSureFollowUp(text: string, last: ReadQuestion): ReadQuestion | null {
  const bare = bareQuestion(text);
  if (/^(?:only )?(?:mine|my (?:customers|own)|for me|me)$|^(?:那|只看)?我的(?:客户)?呢?$/iu.test(bare)) {
    return { ...last, text: 'me' };
  }
  if (/^(?:all|everybody|everyone|for (?:all|everybody|everyone))$|^(?:全部|所有(?:人|客户)?)$/iu.test(bare)) {
    return { ...last, text: '' };
  }
  if (/^(?:again|refresh|once more|update)$|^(?:再来一次|刷新)$/iu.test(bare)) return last;
  const who = FOLLOWS.map((pattern) => pattern.exec(bare)?.groups?.who).find((found) => found !== undefined);
  const named = bareName(who ?? '');
  return named === '' || CHATTER.test(named) ? null : { ...last, text: named };
}

/** Of a name that may follow up. */
const MOST_WORDS = 5;

/** Asks for somebody else, however that is written. */
const FOLLOWS = [
  /^(?:and for|and what about|what about|now for|only for|how about) (?<who>.+)$/i,
  /^(?:那么?|只看)(?<who>.+?)呢$/u,
  /^只看(?<who>.+)$/u,
];
/** Asks for somebody else, or begins a sentence. */
const MAY_FOLLOW = /^(?:and|only|just|for) (?<who>.+)$/iu;
/** A name as names are written, or a word that groups customers. */
const LIKE_A_NAME =
  /^(?:\p{Lu}|\p{N}|\p{sc=Han}|(?:me|mine|low|medium|high|lapsed|gold|silver|bronze|platinum)$)[^?!.]{0,60}$/u;
/** What people say that asks for nothing. */
const CHATTER =
  /^(?:many )?(?:thanks?|thx|ty|cheers|ok(?:ay)?|good|great|nice|fine|cool|perfect|super|wow|lol|sure|yes|yep|yeah|no|nope|sorry|bye|wait|done|kidding|joking|checking|wondering|asking|looking|testing|saying|now|lunch|that(?:[’']s)?|it|this|so|then)\b|^(?:好|行|可以|谢|多谢|感谢|算了|没事|没关系|这样|知道|明白|不错|对|是的|嗯|哦|不用|再见|就这样|先这样)/iu;
