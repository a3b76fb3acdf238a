import type { RandomSource } from '../../src/math/random.ts';
import { between, pick, weighted } from './draws.ts';

/** A country with its share of the customers, its legal forms, its telephone code and what people are called there. */
interface Country {
  readonly name: string;
  readonly weight: number;
  readonly forms: readonly string[];
  readonly code: string;
  readonly first: readonly string[];
  readonly last: readonly string[];
}

const words = (text: string): readonly string[] => text.split(' ');

const COUNTRIES: readonly Country[] = [
  {
    name: 'Germany',
    weight: 30,
    forms: ['GmbH', 'AG', 'KG', 'GmbH & Co. KG'],
    code: '+49',
    first: words('Anna Lukas Mara Jonas Lena Felix Katrin Stefan Ute Björn Jürgen Greta Moritz Svenja Tobias Heike'),
    last: words(
      'Müller Schäfer Weiß Krüger Vogt Brandt Lehmann Öztürk Neumann Hartmann Busch Jäger Peters Köhler Seidel Kaya',
    ),
  },
  {
    name: 'Austria',
    weight: 8,
    forms: ['GmbH', 'OG'],
    code: '+43',
    first: words('Magdalena Florian Theresa Matthias Eva Christoph Johanna Paul'),
    last: words('Gruber Huber Steiner Moser Hofer Leitner Berger Egger Novak'),
  },
  {
    name: 'Switzerland',
    weight: 7,
    forms: ['AG', 'Sàrl'],
    code: '+41',
    first: words('Noémie Beat Luca Ursina Reto Chiara Urs Céline'),
    last: words('Keller Meier Frei Bianchi Zürcher Rochat Favre Ammann'),
  },
  {
    name: 'France',
    weight: 10,
    forms: ['SARL', 'SAS', 'SA'],
    code: '+33',
    first: words('Camille Julien Élodie Mathieu Inès Hugo Maëlle Olivier Nadia Rémi'),
    last: words('Lefèvre Moreau Girard Benali Chevalier Dubois Lambert Rousseau Fontaine Petit'),
  },
  {
    name: 'Netherlands',
    weight: 7,
    forms: ['B.V.', 'N.V.'],
    code: '+31',
    first: words('Sanne Daan Fleur Bram Lotte Ruben Anouk Thijs'),
    last: ['de Vries', 'Bakker', 'van Dijk', 'Visser', 'Jansen', 'Smit', "van 't Hoff", 'Mulder'],
  },
  {
    name: 'Italy',
    weight: 8,
    forms: ['S.r.l.', 'S.p.A.'],
    code: '+39',
    first: words('Giulia Matteo Chiara Lorenzo Elisa Davide Niccolò Sara'),
    last: words("Rossi Ferrari Colombo Ricci Marino D'Angelo Conti Gallo"),
  },
  {
    name: 'Poland',
    weight: 6,
    forms: ['sp. z o.o.', 'S.A.'],
    code: '+48',
    first: words('Zofia Jakub Agnieszka Paweł Małgorzata Łukasz Ewa Michał'),
    last: words('Nowak Wiśniewska Kowalczyk Zieliński Szymański Woźniak Dąbrowski Kamiński'),
  },
  {
    name: 'Sweden',
    weight: 4,
    forms: ['AB'],
    code: '+46',
    first: words('Astrid Erik Linnea Gustav Åsa Nils Ebba Oskar'),
    last: words('Lindqvist Bergström Åkesson Holm Sjöberg Ekström Nyström Wallin'),
  },
  {
    name: 'United States',
    weight: 11,
    forms: ['Inc.', 'LLC', 'Corp.'],
    code: '+1',
    first: words('Olivia Marcus Priya Ethan Grace Diego Hannah Tyrone Mei Caleb'),
    last: words("Johnson Ramirez Patel O'Neill Washington Nguyen Cooper Schmidt Brooks Kim"),
  },
  {
    name: 'China',
    weight: 7,
    forms: ['有限公司', '科技有限公司', '贸易有限公司'],
    code: '+86',
    first: words('伟 芳 娜 敏 静 磊 洋 艳 勇 晓明 志强 雨桐 子涵 佳怡'),
    last: words('王 李 张 刘 陈 杨 黄 赵 周 吴 徐 孙 欧阳'),
  },
  {
    name: 'Japan',
    weight: 2,
    forms: ['株式会社'],
    code: '+81',
    first: words('Haruka Kenji Yui Takumi Sakura Daichi'),
    last: words('Satō Suzuki Tanaka Watanabe Itō Kobayashi'),
  },
];

const INDUSTRIES = [
  ['LOGISTICS_AND_SUPPLY_CHAIN', 'Logistik Logistics Cargo Freight Spedition Transport'],
  ['MACHINERY', 'Maschinenbau Machinery Werkzeuge Tools Antriebe Mechanik'],
  ['FOOD_PRODUCTION', 'Foods Feinkost Molkerei Bakery Brauerei Agrar'],
  ['AUTOMOTIVE', 'Automotive Mobility Fahrzeugtechnik Motors Parts'],
  ['MEDICAL_DEVICES', 'Medical Diagnostics Labor Medtech Optics'],
  ['CHEMICALS', 'Chemie Polymers Coatings Lacke Materials'],
  ['RENEWABLES_ENVIRONMENT', 'Energie Solar Wind Water Umwelttechnik'],
  ['ELECTRICAL_ELECTRONIC_MANUFACTURING', 'Elektronik Sensors Circuits Microsystems Instruments'],
] as const;

const STEM_STARTS = words(
  'Nord Kel Bran Alt Vel Mar Tor Sil Hal Ost Grün Feld Lind Ros Wes Ard Bel Cor Dra Eif Fal Gar Hoh Isen Jun Kar Lor Mon Nev Ober Pal Quel Ryd San Tal Ulm Ver Wald Zen Stein',
);
const STEM_MIDDLES = words('a e i o wind berg mar tal ven ler ris don gar lin mos per');
const STEM_ENDS = words('brunn via tec bach ion hof dal mark sund stett ora wick nau fels mann is um eck ander holt');
const CHINESE_PLACES = words('深圳 上海 苏州 杭州 广州 青岛 成都 宁波 东莞 无锡');
const CHINESE_STEMS = words('华 瑞 鑫 盛 恒 宏 天 明 安 泰 联 创 远 润 佳 康');
const CHINESE_TRADES = words('精密 电子 机械 物流 食品 新材料 医疗器械 自动化');

export interface MadeUpCompany {
  readonly name: string;
  readonly domain: string;
  readonly country: string;
  readonly industry: string;
}

/** Names and domains are each given out once. */
export class NameMaker {
  readonly #random: RandomSource;
  readonly #names = new Set<string>();
  readonly #domains = new Set<string>();
  readonly #emails = new Set<string>();
  readonly #weights = COUNTRIES.map((country) => country.weight);

  constructor(random: RandomSource) {
    this.#random = random;
  }

  company(place: number): MadeUpCompany {
    const random = this.#random;
    const country = COUNTRIES[weighted(random, this.#weights)]!;
    const [industry, trades] = pick(random, INDUSTRIES);
    for (;;) {
      const stem = pick(random, STEM_STARTS) + pick(random, STEM_MIDDLES) + pick(random, STEM_ENDS);
      const trade = pick(random, words(trades));
      const domain = `${plain(stem)}-${plain(trade)}.example`;
      const name =
        country.name === 'China' ? this.#chineseName(country) : `${stem} ${trade} ${pick(random, country.forms)}`;
      if (this.#domains.has(domain) || this.#names.has(name)) continue;
      this.#domains.add(domain);
      this.#names.add(name);
      return { name: odd(name, stem, place), domain, country: country.name, industry };
    }
  }

  #chineseName(country: Country): string {
    const random = this.#random;
    const stem =
      pick(random, CHINESE_STEMS) + pick(random, CHINESE_STEMS) + (random() < 0.4 ? pick(random, CHINESE_STEMS) : '');
    return pick(random, CHINESE_PLACES) + stem + pick(random, CHINESE_TRADES) + pick(random, country.forms);
  }

  person(countryName: string, domain: string): { firstName: string; lastName: string; email: string; phone: string } {
    const random = this.#random;
    const country = COUNTRIES.find((one) => one.name === countryName)!;
    const firstName = pick(random, country.first);
    const lastName = pick(random, country.last);
    // Chinese names have no letters for an address: a number stands in.
    const base =
      [plain(firstName), plain(lastName)].filter((part) => part !== '').join('.') ||
      `kontakt${between(random, 10, 99)}`;
    let email = `${base}@${domain}`;
    for (let n = 2; this.#emails.has(email); n++) email = `${base}${n}@${domain}`;
    this.#emails.add(email);
    const phone = `${country.code} ${between(random, 100, 999)} ${between(random, 1_000_000, 9_999_999)}`;
    return { firstName, lastName, email, phone };
  }
}

/** Now and then a name with quotes, a comma, an emoji or an ampersand: what real portals hold. */
function odd(name: string, stem: string, place: number): string {
  switch (place % 90) {
    case 17:
      return `${stem} "Die Schrauber" & Söhne, ${name.split(' ').at(-1)}`;
    case 43:
      return `🚀 ${name}`;
    case 71:
      return `${name} (ehem. <${stem}>)`;
    default:
      return name;
  }
}

/** Small Latin letters and digits only. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .replaceAll('ł', 'l')
    .normalize('NFD')
    .replace(/[^a-z0-9]/g, '');
}
