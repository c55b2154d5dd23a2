/** What the status bar and the diagnostics say in each state. */
import * as assert from 'node:assert/strict';
import { diagnosticsText } from '../../../src/inference/diagnostics';
import type { ModelDescription, ModelState } from '../../../src/inference/model';
import type { RemoteUse } from '../../../src/inference/remoteRoles';
import {
	type CompletionStatus,
	escapeMarkdown,
	statusText,
	type Translate,
	withChat,
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

const expected = {
	memory: { host: 1.4e9, gpu: 0 },
	firstToken: 37.6,
	coldFirstToken: 812.3,
	coldTokens: 512,
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
	check(
		'a model that has left memory',
		{ ...ready, residence: 'unloaded' },
		{},
		{ icon: 'sparkle', tooltip: /small.*\n\nThe model has left memory; it is loaded again/ },
	);
	check(
		'a model that comes back',
		{ ...ready, residence: 'reloading' },
		{},
		{ icon: 'loading~spin', tooltip: /small.*\n\nThe model is being loaded again…/ },
	);
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

	it('names the model of the chat where it is another, or why there is none', () => {
		const status = statusText(ready, completion, false, translate);
		const tooltip = (chat: ModelState | undefined) => withChat(status, chat, translate).tooltip;
		assert.equal(tooltip(undefined), status.tooltip);
		assert.match(
			tooltip({ type: 'ready', model: { ...model, name: 'large one' } }),
			/The chat asks large one$/,
		);
		assert.match(tooltip({ type: 'starting' }), /model of the chat is loading/);
		const problem = { code: 'gguf-truncated', message: 'a.gguf ends early', remedies: [] };
		assert.match(tooltip({ type: 'failed', problem }), /chat has no model: a\\.gguf ends early/);
	});

	it('says in the status bar itself that completions come on request only, unless they are off', () => {
		const text = (changes: Partial<CompletionStatus>) =>
			statusText(ready, { ...completion, ...changes }, false, translate).text;
		assert.equal(text({ manualOnly: true }), '$(sparkle) Familiar (manual only)');
		assert.equal(text({ manualOnly: true, enabled: false }), '$(circle-slash) Familiar');
		assert.equal(text({}), '$(sparkle) Familiar');
	});

	check(
		'a faster backend that does not compute, and why',
		{
			type: 'ready',
			model: { ...model, notFaster: { reason: 'CUDA 13 needs driver 580', remedy: 'pack' } },
		},
		{},
		{ icon: 'sparkle', tooltip: /\$\(info\) CUDA 13 needs driver 580/ },
	);
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

	it('says when the first token was expected, and when it came', () => {
		const tooltip = (lastFirstToken?: number) =>
			statusText(
				{ type: 'ready', model: { ...model, expected } },
				{ ...completion, lastFirstToken },
				false,
				translate,
			).tooltip;
		assert.match(tooltip(), /First token expected after 38 ms, in a new place after 812 ms$/m);
		assert.match(tooltip(44.6), /in a new place after 812 ms; the last one came after 45 ms$/m);
		assert.doesNotMatch(statusText(ready, completion, false, translate).tooltip, /expected/);
	});

	it('names the adapters in use', () => {
		const shown = statusText(ready, completion, false, translate, { adapters: 'Adapter: [mine] (100 %)' });
		assert.match(shown.tooltip, /Adapter: \\\[mine\\\] \\\(100 %\\\)/);
		assert.doesNotMatch(statusText(ready, completion, false, translate).tooltip, /Adapter/);
	});

	it('says that the local API runs, whatever the model does', () => {
		for (const state of [ready, { type: 'starting' } satisfies ModelState]) {
			const shown = statusText(state, completion, false, translate, { api: 'http://127.0.0.1:49152' });
			const without = statusText(state, completion, false, translate);
			assert.equal(shown.text, `${without.text} $(broadcast)`);
			assert.match(shown.tooltip, /\$\(broadcast\) .*http:\/\/127\\\.0\\\.0\\\.1:49152/);
			assert.match(shown.label, /http:\/\/127\.0\.0\.1:49152/);
			assert.doesNotMatch(without.tooltip, /broadcast/);
		}
	});

	it('escapes what a file name could smuggle into Markdown', () => {
		assert.equal(
			escapeMarkdown('[x](command:y) <b>\n$(sync)'),
			'\\[x\\]\\(command:y\\) \\<b\\> \\$\\(sync\\)',
		);
	});
});

describe('statusText of a server', () => {
	const ready: ModelState = { type: 'ready', model };
	const served: ModelState = {
		type: 'ready',
		model: {
			...model,
			name: 'team-7b',
			parameters: 0,
			quantisation: '',
			server: { host: 'gpu:8000', program: 'vLLM' },
		},
	};
	const remote: RemoteUse = {
		host: 'gpu:8000',
		roles: ['completion', 'chat'],
		isEncrypted: true,
		isHere: false,
		problems: [],
	};
	const shownOf = (
		state: ModelState,
		changes: Partial<RemoteUse> = {},
		off: Partial<CompletionStatus> = {},
	) => statusText(state, { ...completion, ...off }, false, translate, { remote: { ...remote, ...changes } });

	it('cannot be overlooked', () => {
		const { text, tooltip, severity, label } = shownOf(served);
		assert.equal(text, '$(cloud-upload) Familiar → gpu:8000');
		assert.equal(severity, 'warning');
		assert.match(tooltip, /Code in prompts is sent to gpu:8000 \\\(completions, chat\\\)/);
		assert.match(tooltip, /\*\*Familiar\*\*: team\\-7b\n/);
		assert.match(tooltip, /Served by vLLM, 2048 tokens/);
		assert.doesNotMatch(tooltip, /Runs on|tokens a second|0\.0 M|not encrypted/);
		assert.match(label, /sent to gpu:8000/);
	});

	it('stays where only one role goes there, beside what the local model says', () => {
		const { text, tooltip } = shownOf(ready, { roles: ['embedding'] });
		assert.equal(text, '$(cloud-upload) Familiar → gpu:8000');
		assert.match(tooltip, /search of the workspace/);
		assert.match(tooltip, /Runs on CPU/);
	});

	it('says what is wrong, once, and what is open', () => {
		const message = 'gpu:8000 cannot be reached.';
		const failed: ModelState = { type: 'failed', problem: { code: 'server-away', message, remedies: [] } };
		const { text, tooltip, label } = shownOf(failed, { problems: [message], isEncrypted: false });
		assert.equal(text, '$(warning) Familiar → gpu:8000');
		assert.equal(tooltip.match(/cannot be reached/g)?.length, 1);
		assert.equal(label.match(/cannot be reached/g)?.length, 1);
		assert.match(tooltip, /not encrypted/);
		assert.doesNotMatch(shownOf(served, { isEncrypted: false, isHere: true }).tooltip, /not encrypted/);
	});

	it('still says that completions are off', () => {
		assert.equal(
			shownOf(served, {}, { enabled: false }).text,
			'$(circle-slash) $(cloud-upload) Familiar → gpu:8000',
		);
	});

	it('is named in the diagnostics, where otherwise nothing is', () => {
		const input = {
			extensionVersion: '0.1.0',
			editor: 'Code',
			system: 'linux',
			isTrusted: true,
			remote: undefined,
			isStarter: false,
			state: served,
			completion,
			rivals: [],
			homeFolder: '/home/somebody',
			host: undefined,
		};
		assert.match(
			diagnosticsText({ ...input, server: remote }, translate),
			/Network \| Code in prompts is sent to gpu/,
		);
		assert.match(diagnosticsText({ ...input, server: remote }, translate), /Server \| gpu:8000, vLLM/);
		assert.match(diagnosticsText({ ...input, state: ready }, translate), /Network \| none/);
	});
});

describe('diagnosticsText', () => {
	it('says what was expected of memory and of the first token', () => {
		const state: ModelState = { type: 'ready', model: { ...model, expected } };
		const text = diagnosticsText(
			{ ...input, state, completion: { ...completion, lastFirstToken: 44 } },
			translate,
		);
		assert.match(text, /\| Memory expected \| 1\.4 GB host, 0 MB GPU \|/);
		assert.match(text, /\| First token \| First token expected after 38 ms.*came after 44 ms \|/);
		assert.doesNotMatch(diagnosticsText(input, translate), /expected/);
	});

	const input = {
		extensionVersion: '0.1.0',
		editor: 'Code 1.104',
		system: 'linux',
		isTrusted: true,
		remote: undefined,
		isStarter: true,
		state: { type: 'ready', model } satisfies ModelState,
		host: { pid: 4711, clients: 3 },
		completion,
		rivals: ['Other'],
		homeFolder: '/home/somebody',
	};

	it('names the file without the home folder, and the reasons', () => {
		const text = diagnosticsText(input, translate);
		assert.match(text, /\| File \| ~\/models\/small\.gguf \|/);
		assert.match(text, /\| Threads \| 2 for prefill, 1 for decode \|/);
		assert.match(text, /\| Other inline providers \| Other \|/);
		assert.match(text, /\| Model process \| process 4711, connections of all windows: 3 \|/);
		assert.doesNotMatch(diagnosticsText({ ...input, host: undefined }, translate), /Model process/);
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
