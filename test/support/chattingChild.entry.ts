/** A process that chats until it is killed: says on stdout what its model wrote, and when by its own clock. */
import { setTimeout as wait } from 'node:timers/promises';
import type { GenerationEvent } from '../../src/inference/model';
import { diskSession } from './diskSession';
import { FakeModel } from './fakeModel';

/** Milliseconds between two words. */
const PACE = 5;

class EndlessModel extends FakeModel {
	override async *chat(): AsyncGenerator<GenerationEvent, void, undefined> {
		for (let index = 0; ; index++) {
			await wait(PACE);
			yield { type: 'text', text: `${index} ` };
			console.log(`${index} ${performance.now()}`);
		}
	}
}

const session = diskSession(process.argv[2] ?? '', new EndlessModel());
await session.load();
session.ask({ task: 'question', text: 'Count.' }, 'Count.');
