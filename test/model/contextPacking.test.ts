/** What other files bring is packed by the model's own tokens: the room is filled, and the model drops none of it. */
import * as assert from 'node:assert/strict';
import { ContextGatherer } from '../../src/completion/context/gatherer';
import type { ContextRoom } from '../../src/completion/prompt';
import { fillRequest } from '../../src/completion/prompt';
import { TokenCounts } from '../../src/completion/tokenCounts';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import type { FillRequest, ModelDescription } from '../../src/inference/model';
import { settings } from '../../src/manifest';
import { completion } from '../support/completionHouse';
import { answer, loadEngine, never, starter } from '../support/engines';
import { FakeClock } from '../support/fakeClock';
import { cursorAtPath, FakeDocument, FakeEditor } from '../support/fakeContext';
import { silentLog } from '../support/silentLog';

const NOUNS =
	'order invoice customer receipt account product shipment payment address category supplier warehouse discount'.split(
		' ',
	);

/** One line of a file about something, each another. */
const KINDS: Readonly<Record<string, (noun: string, line: number) => string>> = {
	code: (noun, line) =>
		`	const ${noun}${line} = await database.find(${noun}Key, { limit: ${line * 7} }); // ${line}`,
	'Chinese comments': (noun, line) =>
		`	${noun}(${line}); // 从数据库读取第${line}行并检查用户的权限是否仍然有效，否则返回空值`,
	'long identifiers': (noun, line) =>
		`	${noun}ConfigurationServiceFactoryProvider.initialize${noun}RegistrationDatabase${line}Repository();`,
	signs: (noun, line) => `	${noun}[${line}]?.(b=>({...c,[d]:!e[${line}]}))||f??(g<<=${line},h^=~i[j>>>1]);`,
};

describe('packing of context, with the starter model', function () {
	this.timeout(60_000);
	let engine: LlamaEngine;
	let description: ModelDescription;

	before(async () => {
		({ engine, model: description } = await loadEngine(starter));
	});
	after(() => engine.dispose());

	/** The request at a place with more to tell of than there is room for, and the room. */
	async function asked(line: (noun: string, line: number) => string) {
		const model: ModelDescription = { ...description, prefillTokensPerSecond: 1_000 };
		const counts = new TokenCounts({
			state: { type: 'ready', model },
			tokenize: (text, signal) => engine.tokenize(text, signal),
		});
		const editor = new FakeEditor();
		const clock = new FakeClock();
		const gatherer = new ContextGatherer({
			editor,
			switches: { ...settings.completionContext.default, recent: true, similar: true },
			excluded: () => undefined,
			log: silentLog,
			clock,
			turn: () => Promise.resolve(),
		});
		for (const noun of NOUNS) {
			const lines = Array.from({ length: 40 }, (_, index) => line(noun, index));
			const document = new FakeDocument(`src/${noun}.ts`, lines.join('\n'));
			editor.open.unshift(document);
			gatherer.shown(document);
			gatherer.looked(document, 20);
			await clock.pass(1_500);
		}
		const cursor = cursorAtPath(`export function load() {\n${line('order', 90)}\n	█\n}\n`, 'src/user.ts');
		let room: ContextRoom | undefined;
		const request = (): FillRequest =>
			fillRequest(cursor, model, { ...completion, maxTokens: 1 }, 'interactive', (tokens) => {
				room = counts.room(tokens);
				return gatherer.chosenFor(cursor, room).files;
			});
		gatherer.visit(cursor);
		await clock.pass(3_000);
		request();
		// What was asked for first is counted now, and stands in what is asked next.
		for (let turn = 0; turn < 20; turn++) {
			await new Promise((resolve) => setImmediate(resolve));
			await clock.pass(50);
		}
		await clock.pass(3_000);
		const packed = request();
		assert.ok(room !== undefined);
		return { request: packed, room };
	}

	/** Tokens of the prompt as the model evaluates it. */
	async function tokensOf(request: FillRequest): Promise<number> {
		const { end } = await answer(engine.fill(request, never));
		return end.statistics.promptTokens;
	}

	for (const [kind, line] of Object.entries(KINDS)) {
		it(`${kind}: at most the room, and at least 85 % of it`, async () => {
			const { request, room } = await asked(line);
			const all = await tokensOf(request);
			const packed = all - (await tokensOf({ ...request, files: [] }));
			const first = request.files.slice(1);
			assert.ok(packed <= room.tokens && packed >= room.tokens * 0.85, `${packed} of ${room.tokens}`);
			assert.ok(all <= request.maxPromptTokens, `${all} of ${request.maxPromptTokens}`);
			// The least relevant stands first, and is what the model would drop.
			assert.ok((await tokensOf({ ...request, files: first })) < all);
		});
	}
});
