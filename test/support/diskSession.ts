/** A conversation of a window that keeps its conversations on disk, with a model that a test brings. */
import { DiskFolder } from '../../src/chat/conversations/folder';
import { Library } from '../../src/chat/conversations/library';
import { ChatSession } from '../../src/chat/session';
import type { FakeModel } from './fakeModel';
import { silentLog } from './silentLog';

/** @param folder absolute path; made when something is kept. */
export function diskSession(folder: string, model: FakeModel): ChatSession {
	return new ChatSession({
		model,
		library: new Library(new DiskFolder(folder), silentLog),
		takeOver: async () => undefined,
		log: silentLog,
		settings: () => ({ maxTokens: 100, temperature: 0 }),
		countTokens: (text) => text.length,
	});
}
