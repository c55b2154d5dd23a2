/** A host process like the real one, around the fake engine. */
import { runHost } from '../../src/inference/host/hostProcess';
import { FakeEngine } from './fakeEngine';

await runHost(
	() => new FakeEngine(),
	() => undefined,
	'fake',
);
