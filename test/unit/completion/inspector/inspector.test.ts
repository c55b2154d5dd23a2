/** The inspector: the last fifty requests, what each brought or why nothing, and foreign text as text. */
import * as assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import type { AnsweredRequest } from '../../../../src/completion/answered';
import { Inspector } from '../../../../src/completion/inspector/inspector';
import { fenced, inline } from '../../../../src/completion/inspector/markdown';
import { report } from '../../../../src/completion/inspector/report';
import { TraceWriter } from '../../../../src/completion/trace';
import { answeredRequest, textOutcome } from '../../../support/requests';

const translate = (message: string, ...values: readonly unknown[]) =>
	message.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));

function text(requests: readonly AnsweredRequest[], accepted?: AnsweredRequest): string {
	const inspector = new Inspector();
	for (const request of requests) {
		inspector.answered(request);
	}
	if (accepted !== undefined) {
		inspector.accepted(accepted);
	}
	return report(inspector.requests, { timeOf: (at) => `12:00:${at}`, translate });
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
			inspector.answered(answeredRequest({ at }));
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
		assert.match(page, /## 12:00:7 · `sample\.ts:4:10` \(typescript\) · asked for by hand/);
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
			stages: [
				{ stage: 'document', milliseconds: 0.42 },
				{ stage: 'answer', milliseconds: 131 },
			],
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
			notes: [{ source: 'open-files', items: 2, characters: 840, milliseconds: 12.4 }],
			kind: 'line.word',
			raw: ' = b;\nconst a',
			rules: ['repeated-lines', 'too-little'],
		};
		const page = text([answeredRequest({ trace, outcome: textOutcome(' = b;', { statistics }) })]);
		assert.match(page, /Time: document 0\.4 ms · answer 131 ms/);
		assert.match(page, /Context: open-files 2 \(840 characters, 12 ms\)/);
		assert.match(
			page,
			/812 tokens of prompt, 790 of them reused, read in 20 ms; 12 tokens written in 100 ms/,
		);
		assert.match(page, /Rules that changed or dropped it: `repeated-lines`, `too-little`/);
		assert.match(page, /What the model wrote:\n\n```\n = b;\nconst a\n```/);
		assert.match(page, /Context: `src\/b\.ts`:\n\n```\nexport const b = 1;\n```/);
		assert.match(page, /After the cursor:\n\n````\n\n```\nend\n````/);
	});

	it('lets no text of a file become Markdown', () => {
		const evil = '`</code><img src=x> [a](command:x) ``';
		const page = text([
			answeredRequest({
				fileName: '`<b>`.ts',
				languageId: '<i>*x*',
				outcome: textOutcome(evil),
				trace: {
					stages: [],
					prompt: undefined,
					notes: [],
					kind: undefined,
					raw: `${evil}\n\`\`\`\`\n# x`,
					rules: [],
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

describe('trace', () => {
	it('gives each stage the time since the one before', () => {
		let now = 5;
		const trace = new TraceWriter({ now: () => now });
		now = 7;
		trace.end('document');
		now = 107;
		trace.end('answer');
		assert.deepEqual(trace.stages, [
			{ stage: 'document', milliseconds: 2 },
			{ stage: 'answer', milliseconds: 100 },
		]);
	});
});
