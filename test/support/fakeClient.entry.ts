/** A process with a client and its host, for tests that stop both. Says what happens on standard output, line by line. */
import { collect, fake, fillOf, never, pidOf, testClient } from './fakeHost';

const test = testClient({ limits: { silence: 1_000 } });
await test.client.load(fake('ok'), never);
const pid = pidOf(test.client);
console.log(`host ${pid}`);
const answer = await collect(test.client.fill(fillOf('say 100 slow 20'), never), (text) =>
	console.log(`text ${text}`),
);
// Whoever takes the pause for a hang has done so after one more period of silence.
await new Promise((resolve) => setTimeout(resolve, 1_500));
const state = test.client.state.type;
console.log(JSON.stringify({ ...answer, isSameHost: test.client.hostPid === pid, state, lines: test.lines }));
await test.dispose();
