import { plainName } from './arguments.ts';
import { type Form, form, type Groups, none, outcomeOf } from './form.ts';

/** First characters of lines of nslookup in Chinese. */
export const CHINESE_FIRST = '服名默非';

const server = ({ text = '' }: Groups) => ({ is: 'named-server', text }) as const;
const asked = ({ name = '' }: Groups) => ({ is: 'name', name: plainName(name) }) as const;
const givenUp = () => ({ is: 'given-up' }) as const;
const cannot = ({ name, said = '' }: Groups) =>
  ({
    is: 'cannot',
    name: name === undefined ? null : plainName(name),
    outcome: outcomeOf(said) ?? null,
  }) as const;

/** nslookup of Windows in German, French, Spanish, Portuguese and Chinese; what is not listed here stays in English there. */
export const WINDOWS_FORMS: readonly Form[] = [
  // What Windows calls a server whose address has no name.
  form(
    'strong',
    'UnKnown',
    /^(?:Server|Serveur|Servidor|(?:默认)?服务器) ?:\s+(?<text>UnKnown)$/,
    server,
  ),
  form('weak', 'Serv', /^(?:Serveur|Servidor|Standardserver) ?:\s+(?<text>\S+)$/, server),
  form('weak', '服务器:', /^(?:默认)?服务器:\s+(?<text>\S+)$/, server),
  form('weak', 'om', /^(?:Nom|Nombre|Nome) ?:\s+(?<name>\S+)$/, asked),
  form('weak', '名称:', /^名称:\s+(?<name>\S+)$/, asked),
  form(
    'strong',
    'autori',
    /^(?:Nicht autorisierende Antwort|Respuesta no autoritativa|Não é resposta autoritativa):$/,
    none,
  ),
  form('strong', 'faisant pas autorité', /^Réponse ne faisant pas autorité ?:$/, none),
  form('strong', '非权威应答', /^非权威应答:$/, none),
  form(
    'strong',
    ' nicht gefunden: ',
    /^\*\*\* \S+ wurde (?<name>\S+) nicht gefunden: (?<said>.+)$/,
    cannot,
  ),
  form(
    'strong',
    ' ne parvient pas à trouver ',
    /^\*\*\* \S+ ne parvient pas à trouver (?<name>\S+) ?: (?<said>.+)$/,
    cannot,
  ),
  form('strong', ' no encuentra ', /^\*\*\* \S+ no encuentra (?<name>\S+): (?<said>.+)$/, cannot),
  form('strong', ' não encontrou ', /^\*\*\* \S+ não encontrou (?<name>\S+): (?<said>.+)$/, cannot),
  form('strong', ' 找不到 ', /^\*\*\* \S+ 找不到 (?<name>\S+): (?<said>.+)$/, cannot),
  form(
    'strong',
    'Zeitüberschreitung',
    /^\*\*\* Zeitüberschreitung bei Anforderung an \S+$/,
    givenUp,
  ),
  form('strong', 'est dépassé', /^\*\*\* Le délai de la requête sur \S+ est dépassé\.$/, givenUp),
  form('strong', ' 超时', /^\*\*\* 请求 \S+ 超时$/, givenUp),
];
