/** What the status bar and the diagnostics say in each state. */
import * as assert from 'node:assert/strict';
import { diagnosticsText } from '../../../src/inference/diagnostics';
import type { ModelDescription, ModelState } from '../../../src/inference/model';
import {
	type CompletionStatus,
	escapeMarkdown,
	statusText,
	type Translate,
} from '../../../src/inference/statusText';
import { completionStatus as completion } from '../../support/completionStatus';
import { fakeFill } from '../../support/fakeModel';

const translate: Translate = (message, ...values) =>
	message.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)]));

const model: ModelDescription = {
	path: '/home/somebody/models/small.gguf',
	name: 'small',
	architecture: 'llama',
	parameters: 5_070_000,
	quantisation: 'Q8_0',
	fileBytes: 5_515_264,
	trainedContext: 2048,
	contextSize: 2048,
	fill: fakeFill,
	chat: { type: 'chat', wrapper: 'plain' },
	backend: 'cpu',
	devices: [],
	gpuLayers: 0,
	totalLayers: 6,
	fallbackReason: undefined,
	memory: { host: 120_000_000, gpu: 0 },
	threads: { prefill: 2, decode: 1 },
	prefillTokensPerSecond: 4000,
	decodeTokensPerSecond: 1000,
	prefillChunk: 128,
	loadMilliseconds: 300,
	engineVersion: 'llama.cpp v0.5.0',
	adapters: [],
	promptFormat: 1,
};

function check(
	name: string,
	state: ModelState,
	changes: Partial<CompletionStatus>,
	expected: { readonly icon: string; readonly tooltip: RegExp; readonly severity?: 'warning' },
	isStarter = false,
) {
	it(name, () => {
		const shown = statusText(state, { ...completion, ...changes }, isStarter, translate);
		assert.ok(shown.text.startsWith(`$(${expected.icon}) Familiar`), shown.text);
		assert.match(shown.tooltip, expected.tooltip);
		assert.equal(shown.severity, expected.severity ?? 'normal');
		assert.ok(shown.label.startsWith('Familiar: '));
	});
}

describe('statusText', () => {
	const ready: ModelState = { type: 'ready', model };
	check('ready', ready, {}, { icon: 'sparkle', tooltip: /small, 5\.1 M, Q8\\_0[\s\S]*CPU/ });
	check('the starter says so', ready, {}, { icon: 'sparkle', tooltip: /Starter model/ }, true);
	check('no model', { type: 'none' }, {}, { icon: 'circle-slash', tooltip: /No model/ });
	check('starting', { type: 'starting' }, {}, { icon: 'loading~spin', tooltip: /Starting/ });
	check(
		'loading',
		{ type: 'loading', path: 'x', progress: 0.456 },
		{},
		{ icon: 'loading~spin', tooltip: /46 %/ },
	);
	check(
		'failed',
		{ type: 'failed', problem: { code: 'gguf-truncated', message: 'a.gguf ends early', remedies: [] } },
		{},
		{ icon: 'warning', tooltip: /a\\\.gguf ends early/, severity: 'warning' },
	);
	check('off', ready, { enabled: false }, { icon: 'circle-slash', tooltip: /are off/ });
	check('paused', ready, { pausedUntil: '14:30' }, { icon: 'debug-pause', tooltip: /until 14:30/ });
	check(
		'off for the language',
		ready,
		{ language: { name: 'Markdown', on: false } },
		{ icon: 'circle-slash', tooltip: /off for Markdown/ },
	);
	check('on battery', ready, { onBattery: true }, { icon: 'debug-pause', tooltip: /battery/ });
	check('on request', ready, { manualOnly: true }, { icon: 'sparkle', tooltip: /when they are asked for/ });

	it('says in the status bar itself that completions come on request only, unless they are off', () => {
		const text = (changes: Partial<CompletionStatus>) =>
			statusText(ready, { ...completion, ...changes }, false, translate).text;
		assert.equal(text({ manualOnly: true }), '$(sparkle) Familiar (manual only)');
		assert.equal(text({ manualOnly: true, enabled: false }), '$(circle-slash) Familiar');
		assert.equal(text({}), '$(sparkle) Familiar');
	});

	check(
		'why nothing was shown',
		ready,
		{ lastSilence: 'the line is too long' },
		{ icon: 'sparkle', tooltip: /nothing was shown: the line is too long/ },
	);
	check('how long it took', ready, { lastMilliseconds: 41.7 }, { icon: 'sparkle', tooltip: /after 42 ms/ });
	check(
		'a model that cannot fill',
		{ type: 'ready', model: { ...model, fill: { type: 'unsupported', reason: 'has no middle token' } } },
		{},
		{ icon: 'warning', tooltip: /has no middle token/ },
	);
	check(
		'GPU, with the reason of a fallback',
		{
			type: 'ready',
			model: { ...model, backend: 'vulkan', devices: ['T4'], gpuLayers: 6, fallbackReason: 'no CUDA' },
		},
		{},
		{ icon: 'sparkle', tooltip: /VULKAN \\\(T4\\\), 6 of 6 layers[\s\S]*no CUDA/ },
	);

	it('names the adapters in use', () => {
		const shown = statusText(ready, completion, false, translate, 'Adapter: [mine] (100 %)');
		assert.match(shown.tooltip, /Adapter: \\\[mine\\\] \\\(100 %\\\)/);
		assert.doesNotMatch(statusText(ready, completion, false, translate).tooltip, /Adapter/);
	});

	it('escapes what a file name could smuggle into Markdown', () => {
		assert.equal(
			escapeMarkdown('[x](command:y) <b>\n$(sync)'),
			'\\[x\\]\\(command:y\\) \\<b\\> \\$\\(sync\\)',
		);
	});
});

describe('diagnosticsText', () => {
	const input = {
		extensionVersion: '0.1.0',
		editor: 'Code 1.104',
		system: 'linux',
		isTrusted: true,
		remote: undefined,
		isStarter: true,
		state: { type: 'ready', model } satisfies ModelState,
		completion,
		rivals: ['Other'],
		homeFolder: '/home/somebody',
	};

	it('names the file without the home folder, and the reasons', () => {
		const text = diagnosticsText(input, translate);
		assert.match(text, /\| File \| ~\/models\/small\.gguf \|/);
		assert.match(text, /\| Threads \| 2 for prefill, 1 for decode \|/);
		assert.match(text, /\| Other inline providers \| Other \|/);
		assert.doesNotMatch(text, /somebody/);
	});

	it('names the problem of a model that failed', () => {
		const problem = { code: 'out-of-memory', message: 'too large', remedies: [] };
		assert.match(
			diagnosticsText({ ...input, state: { type: 'failed', problem } }, translate),
			/too large[\s\S]*out-of-memory/,
		);
	});
});
