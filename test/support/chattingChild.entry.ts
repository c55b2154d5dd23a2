/** A process that chats until it is killed: says on stdout what its model wrote, and when by its own clock. */
import { setTimeout as wait } from 'node:timers/promises';
import { DiskFolder } from '../../src/chat/conversations/folder';
import { Library } from '../../src/chat/conversations/library';
import { ChatSession } from '../../src/chat/session';
import type { GenerationEvent } from '../../src/inference/model';
import { FakeModel } from './fakeModel';
import { silentLog } from './silentLog';

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

const session = new ChatSession({
	model: new EndlessModel(),
	library: new Library(new DiskFolder(process.argv[2] ?? ''), silentLog),
	takeOver: async () => undefined,
	log: silentLog,
	settings: () => ({ maxTokens: 100, temperature: 0 }),
	countTokens: (text) => text.length,
});
await session.load();
session.ask({ task: 'question', text: 'Count.' }, 'Count.');
