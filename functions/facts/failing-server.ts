import { type FailingServer, failingServerIn } from '../captures/dns/failing-server.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { citation } from './loss.ts';

/** Whether captures show a nameserver that fails every question, while another one answers the same. */
export const failingServer = defineJoin({
  question: 'failing-server',
  needs: ['tcpdump'],
  facts: {
    server: {
      type: 'label',
      is: 'a server whose every captured answer is SERVFAIL or REFUSED, while another answers the same questions',
      of: about(({ server }) => server),
    },
    rcode: { type: 'label', is: 'ServFail or Refused', of: about(({ rcode }) => rcode) },
    questions: {
      type: 'count',
      is: 'questions that it answered so',
      of: about(({ questions }) => questions),
    },
    other: { type: 'label', is: 'the server that does answer them', of: about((one) => one.other) },
  },
});

function about<T>(of: (found: FailingServer) => T): (view: View) => Reading<T> {
  return ({ following }) => {
    const found = failingServerIn(following);
    return found === undefined
      ? unknown('the captures do not show it')
      : known(of(found), found.at.map(citation));
  };
}
