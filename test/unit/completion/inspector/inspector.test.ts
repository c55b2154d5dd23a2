/** The inspector: the last fifty requests, what each brought or why nothing, and foreign text as text. */
import * as assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import type { AnsweredRequest } from '../../../../src/completion/answered';
import { Inspector } from '../../../../src/completion/inspector/inspector';
import { fenced, inline } from '../../../../src/completion/inspector/markdown';
import { report } from '../../../../src/completion/inspector/report';
import { fakeDescription, fakeFill } from '../../../support/fakeModel';
import { answeredRequest, emptyTrace, textOutcome } from '../../../support/requests';

const translate = (message: string, ...values: readonly unknown[]) =>
	message.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));

function text(requests: readonly AnsweredRequest[], accepted?: AnsweredRequest): string {
	const inspector = new Inspector();
	for (const request of requests) {
		inspector.answered(request, ['ours']);
	}
	if (accepted !== undefined) {
		inspector.accepted(accepted);
	}
	return report(inspector.requests, {
		timeOf: (at) => `12:00:${at}`,
		nameOf: (id) => `${id} by name`,
		translate,
	});
}

const silent: AnsweredRequest['outcome'] = {
	type: 'nothing',
	reason: 'middle-of-line',
	detail: undefined,
	milliseconds: 0.04,
};

describe('inspector', () => {
	it('keeps the last fifty, the newest first, and tells of each', () => {
		const inspector = new Inspector();
		let changes = 0;
		inspector.onDidChange(() => changes++);
		for (let at = 0; at < 60; at++) {
			inspector.answered(answeredRequest({ at }), []);
		}
		const times = inspector.requests.map(({ request }) => request.at);
		assert.deepEqual([times.length, times[0], times.at(-1), changes], [50, 59, 10, 60]);
		inspector.forget();
		assert.deepEqual(inspector.requests, []);
	});

	it('says what there will be while there is nothing', () => {
		assert.match(text([]), /Nothing was asked for yet.*Familiar: Complete Here/);
	});

	it('says when, where, why it was asked, what came, from where and how fast', () => {
		const page = text([
			answeredRequest({
				at: 7,
				position: { line: 3, character: 9 },
				trigger: 'manual',
				outcome: textOutcome('return `a`;\n}\n', { source: 'flight', milliseconds: 131.7 }),
			}),
		]);
		assert.match(page, /## 12:00:7 · `sample\.ts:4:10` \(typescript by name\) · asked for by hand/);
		assert.match(page, /\*\*Answered\*\* after 132 ms, source `flight`: ``return `a`;`` and 2 more lines/);
		assert.doesNotMatch(page, /accepted/);
	});

	it('says why there was nothing, in words and by its code, and how often', () => {
		const page = text([
			answeredRequest({ outcome: silent }),
			answeredRequest(),
			answeredRequest({ outcome: silent }),
			answeredRequest({
				outcome: { ...silent, reason: 'model-failed', detail: 'coder.gguf is cut off.', milliseconds: 12 },
			}),
		]);
		assert.match(
			page,
			/\*\*Nothing\*\* after 0\.0 ms: There is code to the right of the cursor\. \(`middle-of-line`\)/,
		);
		assert.match(page, /\*\*Nothing\*\* after 12 ms: coder\\\.gguf is cut off\\\. \(`model-failed`\)/);
		assert.match(page, /- 2 × There is code[^\n]*\n- 1 × /);
	});

	it('says what was accepted, and what came too late', () => {
		const request = answeredRequest();
		const late = answeredRequest({ isDelivered: false });
		assert.match(text([request, answeredRequest()], request), /It was accepted/);
		assert.match(text([late]), /no longer waited/);
	});

	it('says which text was accepted where somebody went round to another one', () => {
		const request = answeredRequest({ trigger: 'manual', outcome: textOutcome('first();') });
		const other = answeredRequest({ trigger: 'manual', outcome: textOutcome('first();') });
		const page = text([request, other], {
			...request,
			outcome: textOutcome('second();', { source: 'cache' }),
		});
		assert.match(
			page,
			/source `model`: `first\(\);`\n\n\*\*Answered\*\* after 100 ms, source `cache`: `second\(\);`\n\nIt was accepted\./,
		);
		assert.equal([...page.matchAll(/It was accepted/g)].length, 1);
		assert.equal([...page.matchAll(/first\(\);/g)].length, 2);
	});

	it('shows stages, tokens, prompt, the raw text and what rules took, as far as they are known', () => {
		const statistics = {
			promptTokens: 812,
			reusedTokens: 790,
			generatedTokens: 12,
			prefillMilliseconds: 20.2,
			decodeMilliseconds: 99.6,
		};
		const trace: AnsweredRequest['trace'] = {
			...emptyTrace,
			stages: [
				{ stage: 'document', milliseconds: 0.42, budget: 3 },
				{ stage: 'generation', milliseconds: 612, budget: 600 },
			],
			model: fakeDescription,
			prompt: {
				repository: 'shop',
				path: 'src/a.ts',
				files: [{ path: 'src/b.ts', text: 'export const b = 1;' }],
				prefix: 'import b;\n',
				typed: 'const a',
				suffix: '\n```\nend',
				maxTokens: 96,
				maxPromptTokens: 1_024,
				leftToRight: false,
				priority: 'interactive',
			},
			notes: [
				{ source: 'imports', items: 2, characters: 840, milliseconds: 12.4 },
				{ source: 'another', items: 1, characters: 84, milliseconds: 1 },
			],
			kind: 'line.word',
			raw: ' = b;\nconst a',
			confidence: Math.log(0.34),
			rules: ['repeated-lines', 'too-little'],
		};
		const page = text([answeredRequest({ trace, outcome: textOutcome(' = b;', { statistics }) })]);
		assert.match(page, /Model: `fake` \+ `ours`/);
		assert.match(page, /Time: document 0\.4 of 3 ms · \*\*generation 612 of 600 ms, over its budget\*\*/);
		assert.match(
			page,
			/Context: imports 2 \(840 characters, 12 of 300 ms\) · another 1 \(84 characters, 1\.0 ms\)/,
		);
		assert.match(page, /Tokens: 812 in the prompt, 790 of them reused, read in 20 ms; 12 written in 100 ms/);
		assert.match(
			page,
			/Sure of a token to 34 % on average; below \d+ % a text is shown only to whoever asks/,
		);
		assert.match(page, /Rules that changed it: `repeated-lines`, `too-little`\n/);
		assert.doesNotMatch(page, /Dropped/);
		assert.match(page, /What the model wrote:\n\n```\n = b;\nconst a\n```/);
	});

	it('shows the prompt as the model read it, in a fence that nothing in it closes', () => {
		const prompt = {
			repository: 'shop',
			path: 'src/a.ts',
			files: [{ path: 'src/b.ts', text: 'export const b = 1;' }],
			prefix: 'import b;\n',
			typed: 'const a',
			suffix: '\n```\n# end',
			maxTokens: 96,
			maxPromptTokens: 1_024,
			leftToRight: true,
			priority: 'interactive',
		} as const;
		const shown = (fill: typeof fakeDescription.fill) =>
			text([
				answeredRequest({ trace: { ...emptyTrace, model: { ...fakeDescription, fill }, prompt } }),
			]).split('what is more than 1024 tokens it leaves out:\n\n')[1];
		assert.equal(
			shown(fakeFill),
			[
				'````',
				'<|repo_name|>shop',
				'<|file_sep|>src/b.ts',
				'export const b = 1;',
				'<|file_sep|>src/a.ts',
				'<|fim_prefix|>import b;',
				'<|fim_suffix|>',
				'```',
				'# end<|fim_middle|>const a',
				'````',
				'',
			].join('\n'),
		);
		assert.equal(
			shown({ type: 'unsupported', reason: 'x' }),
			'```\n// src/b.ts\nexport const b = 1;\n// src/a.ts\nimport b;\nconst a\n```\n',
		);
	});

	it('singles out the rule that left nothing, with the text before it', () => {
		const outcome = { ...silent, reason: 'too-little' } as const;
		const raw = ')\n)\n)';
		const trace = { ...emptyTrace, raw, rules: ['repeated-lines', 'too-little'] };
		const dropped = (by: AnsweredRequest['trace']['dropped']) =>
			text([answeredRequest({ outcome, trace: { ...trace, dropped: by } })]);
		const page = dropped({ rule: 'too-little', text: '``)' });
		assert.match(page, /Rules that changed it: `repeated-lines`\n/);
		assert.match(
			page,
			/Dropped by: \*\*`too-little`\*\* \(what the text was before it\):\n\n```\n``\)\n```\n/,
		);
		// A rule that ended the generation was given what the model wrote.
		assert.match(
			dropped({ rule: 'too-little', text: undefined }),
			/`too-little`\*\* \(what the text was before it\):\n\n```\n\)\n\)\n\)\n```\n/,
		);
	});

	it('names the model of every request that had one, also where nothing came', () => {
		const trace = { ...emptyTrace, model: fakeDescription };
		assert.match(text([answeredRequest({ outcome: silent, trace })]), /- Model: `fake` \+ `ours`\n/);
		assert.doesNotMatch(text([answeredRequest({ outcome: silent })]), /Model:/);
	});

	it('sums up where the time went, the dearest stage first', () => {
		const times = (...generations: readonly number[]) =>
			generations.map((milliseconds) =>
				answeredRequest({
					trace: {
						...emptyTrace,
						stages: [
							{ stage: 'gate', milliseconds: 1, budget: 3 },
							{ stage: 'generation', milliseconds, budget: 600 },
						],
					},
				}),
			);
		const page = text(times(100, 300, 601, 2_000));
		assert.match(
			page,
			/\| Stage \|.*\n\| --- \|.*\n\| generation \| 4 \| 601 ms \| 2000 ms \| 600 ms \| 1 \|\n\| gate \| 4 \| 1\.0 ms \| 1\.0 ms \| 3 ms \| 0 \|\n/,
		);
		assert.match(new MarkdownIt().enable('table').render(page), /<td[^>]*>generation<\/td>/);
	});

	it('lets no text of a file become Markdown', () => {
		const evil = '`</code><img src=x> [a](command:x) ``';
		const page = text([
			answeredRequest({
				fileName: '`<b>`.ts',
				languageId: '<i>*x*',
				outcome: textOutcome(evil),
				trace: {
					...emptyTrace,
					model: { ...fakeDescription, name: evil },
					raw: `${evil}\n\`\`\`\`\n# x`,
					dropped: { rule: 'secret', text: `${evil}\n\`\`\`\`\n# x` },
				},
			}),
		]);
		const html = new MarkdownIt({ html: true }).render(page);
		assert.doesNotMatch(html, /<img|<a |<b>|<i>|<em>/);
		assert.equal([...html.matchAll(/<h1>/g)].length, 1);
	});
});

describe('inspector: markdown', () => {
	for (const sample of ['a', '', '`', '``a`', ' a ', ' a', 'a`b``c', 'back\\tick']) {
		it(`inline keeps ${JSON.stringify(sample)}`, () => {
			const html = new MarkdownIt().renderInline(inline(sample));
			assert.equal(/<code>([\s\S]*)<\/code>/.exec(html)?.[1]?.trim(), sample.trim());
		});
	}

	it('fenced keeps fences', () => {
		const html = new MarkdownIt().render(fenced('x', '```ts\na\n```\n`````'));
		assert.match(html, /<pre><code>```ts\na\n```\n`````\n<\/code><\/pre>/);
	});
});
