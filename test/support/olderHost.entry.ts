/** The fake host of an older version of the extension. */
import { runHost } from '../../src/inference/host/hostProcess';
import { FakeEngine } from './fakeEngine';

await runHost(
	() => new FakeEngine(),
	() => undefined,
	'1.0.0',
);
