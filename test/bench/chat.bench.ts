/**
 * Time from a question to the first token: through the whole conversation on disk, against the engine alone; and from the
 * command to the panel, in a real VS Code.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DiskFolder } from '../../src/chat/conversations/folder';
import { Library } from '../../src/chat/conversations/library';
import { ChatSession } from '../../src/chat/session';
import type { ChatRequest } from '../../src/inference/model';
import { createTokenCounter } from '../../src/inference/tokens';
import { median, percentile, publish, rounds } from './harness';
import { benchLog, describeModel, never, nonsense, STARTER, timeStream, withModel } from './models';
import { panelFigures } from './panelOpen';

const ROUNDS = rounds(40);
/** Windows in which the panel is opened, and times that it is opened again in each. */
const WINDOWS = rounds(5);
const AGAIN = rounds(6);
/** Milliseconds that our own code may add. */
const AIM = { type: 'at-most', value: 20 } as const;
/** Characters of code that a question brings along. */
const CODE = 1_500;
let seed = 50_000;

// Before a model takes the machine's cores.
const panel = panelFigures(WINDOWS, AGAIN);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-chat-'));
const tokens = createTokenCounter();
await tokens.load();
try {
	await withModel(STARTER, async ({ client, model }) => {
		let last: ChatRequest | undefined;
		const session = new ChatSession({
			model: {
				get state() {
					return client.state;
				},
				tokenize: (text, signal) => client.tokenize(text, signal),
				chat: (request, signal) => {
					last = request;
					return client.chat(request, signal);
				},
			},
			library: new Library(new DiskFolder(folder), benchLog),
			takeOver: async () => undefined,
			log: benchLog,
			settings: () => ({ maxTokens: 16, temperature: 0 }),
			countTokens: tokens.estimateTokens,
		});
		/** Milliseconds until a view hears of the first text. */
		const asked = async (): Promise<number> => {
			await session.newChat();
			const start = performance.now();
			let first: number | undefined;
			const listening = session.onDidChange((event) => {
				if (event.type === 'delta') {
					first ??= performance.now() - start;
				}
			});
			const excerpt = { path: 'a.ts', language: 'typescript', firstLine: 1, code: nonsense(seed++, CODE) };
			const answer = session.ask({ task: 'explain', excerpt, findings: [] }, 'Explain');
			if (answer.type === 'answering') {
				await answer.finished;
			}
			listening.dispose();
			return first ?? performance.now() - start;
		};
		/** The same question with other code of the same length, which nothing remembers. */
		const alone = async (): Promise<number> => {
			const start = performance.now();
			const messages = (last?.messages ?? []).map((message) =>
				message.role === 'user'
					? { ...message, content: message.content.slice(0, -CODE) + nonsense(seed++, CODE) }
					: message,
			);
			const request: ChatRequest = { maxTokens: 16, temperature: 0, priority: 'background', messages };
			return (await timeStream(client.chat(request, never()))).firstText ?? performance.now() - start;
		};
		await asked();
		await alone();
		const [through, engine]: [number[], number[]] = [[], []];
		for (let round = 0; round < ROUNDS; round++) {
			through.push(await asked());
			engine.push(await alone());
		}
		const overhead = through.map((time, index) => time - (engine[index] ?? 0));
		publish({
			name: 'chat',
			notes: [
				...describeModel(model),
				`a question with ${CODE} characters of code, kept on disk, against the same messages given to the engine, by turns; medians`,
				'the panel: from the key that runs the command in the palette to the first frame with the input in focus, in VS Code in a headless browser',
			],
			figures: [
				{
					label: 'first token, engine alone',
					key: 'engine_ms',
					value: median(engine),
					unit: 'ms',
					samples: ROUNDS,
				},
				{
					label: 'first token, through the chat',
					key: 'chat_ms',
					value: median(through),
					unit: 'ms',
					samples: ROUNDS,
				},
				{
					label: 'what the chat adds',
					key: 'overhead_ms',
					value: median(overhead),
					unit: 'ms',
					aim: AIM,
					samples: ROUNDS,
				},
				{
					label: 'the same, p95',
					key: 'overhead_p95_ms',
					value: percentile(overhead, 0.95),
					unit: 'ms',
					samples: ROUNDS,
				},
				...panel,
			],
		});
		await session.dispose();
	});
} finally {
	fs.rmSync(folder, { recursive: true, force: true });
}
