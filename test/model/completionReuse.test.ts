/** What a key costs with real tokens: the prompt of completion stays in the KV cache while a line is typed, and after it. */
import * as assert from 'node:assert/strict';
import type { Cursor } from '../../src/completion/cursor';
import { fillRequest } from '../../src/completion/prompt';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import type { ContextFile, FillRequest, ModelDescription } from '../../src/inference/model';
import { completion } from '../support/completionHouse';
import { answer, codeOf, loadEngine, never, starter } from '../support/engines';
import { cursorIn } from '../support/marked';

/** Tokens that one key may cost: those of its word, which are written again, and the one before. */
const MOST = 5;

const files: readonly ContextFile[] = [{ path: 'src/other.ts', text: codeOf(12) }];
const above = codeOf(30);
const below = `\n}\n\n${codeOf(10)}`;

describe('reuse of a completion prompt, with the starter model', function () {
	this.timeout(60_000);
	let engine: LlamaEngine;
	let model: ModelDescription;

	before(async () => {
		({ engine, model } = await loadEngine(starter));
	});
	after(() => engine.dispose());

	function requestAt(cursor: Cursor): FillRequest {
		return { ...fillRequest(cursor, model, completion, 'interactive', () => files), maxTokens: 1 };
	}

	/** Tokens of the prompt that were evaluated for it, and all of them. */
	async function evaluated(request: FillRequest): Promise<{ readonly cost: number; readonly all: number }> {
		const { end } = await answer(engine.fill(request, never));
		const { promptTokens, reusedTokens } = end.statistics;
		return { cost: promptTokens - reusedTokens, all: promptTokens };
	}

	it('a key in a line costs at most the tokens of its word, brackets that the editor closes included', async () => {
		const line = '\tconst total = add(items.map((item) => item["price"]), 12);';
		/** What the editor adds behind the cursor. */
		const closed: string[] = [];
		const costs: number[] = [];
		let all = 0;
		for (let length = 1; length <= line.length; length++) {
			const key = line[length - 1] ?? '';
			if (key === closed[0]) {
				closed.shift();
			} else {
				const closer = { '(': ')', '[': ']', '"': '"' }[key];
				closed.unshift(...(closer === undefined ? [] : [closer]));
			}
			const source = `${above}${line.slice(0, length)}█${closed.join('')}${below}`;
			const { cost, all: whole } = await evaluated(requestAt(cursorIn(source)));
			costs.push(cost);
			all = whole;
		}
		assert.ok(all > 500, `${all} tokens of prompt`);
		assert.ok(Math.max(...costs.slice(1)) <= MOST, costs.join(' '));
	});

	it('a new line costs no more once its prompt was read ahead', async () => {
		const line = '\tconst first = 1;';
		await evaluated(requestAt(cursorIn(`${above}${line}█${below}`)));
		const next = cursorIn(`${above}${line}\n█${below}`);
		await engine.prefill({ ...requestAt(next), priority: 'background' }, never);
		const { cost } = await evaluated(requestAt(cursorIn(`${above}${line}\n\tc█${below}`)));
		assert.ok(cost <= MOST, `${cost} tokens`);
	});

	it('without that it costs what follows the cursor, not what stands before it', async () => {
		const line = '\tconst second = 2;';
		const { all } = await evaluated(requestAt(cursorIn(`${above}${line}█${below}`)));
		const { cost } = await evaluated(requestAt(cursorIn(`${above}${line}\n\t█${below}`)));
		assert.ok(cost > MOST && cost < all / 2, `${cost} of ${all} tokens`);
	});
});
