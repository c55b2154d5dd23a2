/** A window of its own process on a folder of conversations: does what stdin says, line by line, and says on stdout what it did. */
import { createInterface } from 'node:readline';
import { diskSession } from './diskSession';
import { FakeModel } from './fakeModel';

const [, , folder = '', name = ''] = process.argv;
const never = new AbortController().signal;
const model = new FakeModel();
model.onChat = ({ messages }) => ({ steps: ['Answer to ', messages.at(-1)?.content ?? '', '.'] });
const session = diskSession(folder, model);

async function ask(text: string): Promise<void> {
	const asked = session.ask({ task: 'question', text }, text);
	if (asked.type === 'answering') {
		await asked.finished;
	}
}

/** Everything at once that a window can do, so often: in a conversation that both have, and in ones of its own. */
async function work(shared: string, rounds: number): Promise<readonly string[]> {
	const kept: string[] = [];
	for (let round = 0; round < rounds; round++) {
		await session.openConversation(shared);
		await ask(`${name} shared ${round}`);
		await session.rename(shared, `${name} ${round}`);
		await session.newChat();
		await ask(`${name} own ${round}`);
		const own = session.openId;
		await session.rename(own, `Own of ${name} ${round}`);
		if (round % 2 === 1) {
			await session.delete(own);
		} else {
			kept.push(own);
		}
		await session.list(name, never);
	}
	return kept;
}

async function run(line: string): Promise<unknown> {
	const [what, id = '', count = ''] = line.split(' ');
	switch (what) {
		case 'work':
			return work(id, Number(count));
		case 'open':
			return session.openConversation(id);
		case 'ask':
			for (let index = 0; index < Number(count); index++) {
				await ask(`${name} ${id} ${index}`);
			}
			// Before it lists anything, it saves.
			await session.list('', never);
			return undefined;
		case 'delete':
			for (let index = 0; index < Number(count); index++) {
				await session.delete(id);
			}
			return undefined;
		default:
			await session.dispose();
			return undefined;
	}
}

for await (const line of createInterface({ input: process.stdin })) {
	console.log(JSON.stringify({ done: await run(line) }));
}
