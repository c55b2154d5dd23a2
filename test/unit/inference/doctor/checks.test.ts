/** What the doctor says of facts: a good side and a bad side for each. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import { accelerationFinding } from '../../../../src/inference/doctor/accelerationCheck';
import { adaptersFinding } from '../../../../src/inference/doctor/adapterChecks';
import type { Finding, Grade } from '../../../../src/inference/doctor/check';
import {
	type EnvironmentFacts,
	editorFinding,
	gitFinding,
	nodeFinding,
	workspaceFinding,
} from '../../../../src/inference/doctor/environmentChecks';
import { answerFinding, hostFinding } from '../../../../src/inference/doctor/hostChecks';
import { diskFinding, memoryFinding } from '../../../../src/inference/doctor/machineChecks';
import { fileFinding, modelFindings } from '../../../../src/inference/doctor/modelChecks';
import type { ProbeLine } from '../../../../src/inference/doctor/nativeAnswer';
import { nativeFindings } from '../../../../src/inference/doctor/nativeChecks';
import type { ProbeResult } from '../../../../src/inference/doctor/nativeProbe';
import { type SilenceFacts, silenceFindings } from '../../../../src/inference/doctor/silenceChecks';
import type { ModelDescription, ModelState } from '../../../../src/inference/model';
import { completionStatus } from '../../../support/completionStatus';
import { fakeDescription } from '../../../support/fakeModel';

/** @param helps commands and settings that the finding must name. */
function says(found: Finding | undefined, grade: Grade, measured: RegExp, ...helps: readonly string[]): void {
	assert.ok(found);
	assert.equal(found.grade, grade, `${found.name}: ${found.measured}`);
	assert.match(found.measured, measured);
	const named = found.helps.map((help) =>
		help.type === 'command' ? help.command : help.type === 'setting' ? help.key : help.text,
	);
	for (const help of helps) {
		assert.ok(named.includes(help), `${help} in ${named.join(', ')}`);
	}
}

const ready = (changes: Partial<ModelDescription> = {}): ModelState => ({
	type: 'ready',
	model: { ...fakeDescription, ...changes },
});
const failed: ModelState = {
	type: 'failed',
	problem: { code: 'gguf-truncated', message: 'small.gguf is cut off.', remedies: ['select-model'] },
};

describe('doctor: environment', () => {
	const facts: EnvironmentFacts = {
		extensionVersion: '1.2.3',
		editor: 'Editor 1.104',
		system: 'linux 6 x64',
		remote: undefined,
		isTrusted: true,
		workspace: 'local',
	};
	const workspace = (changes: Partial<EnvironmentFacts>) =>
		workspaceFinding({ ...facts, ...changes }, english);

	it('names editor, extension and system', () => {
		says(
			editorFinding(facts, english),
			'ok',
			/Editor 1\.104, Familiar 1\.2\.3, linux 6 x64, on this machine/,
		);
		says(editorFinding({ ...facts, remote: 'wsl' }, english), 'ok', /on wsl/);
		says(editorFinding({ ...facts, remote: '10.0.0.7:8080' }, english), 'ok', /on a server$/);
	});

	it('knows a workspace that is trusted, one that is not, one elsewhere and none', () => {
		says(workspace({}), 'ok', /trusted/);
		says(workspace({ isTrusted: false }), 'attention', /Restricted Mode/, 'workbench.trust.manage');
		says(workspace({ workspace: 'virtual' }), 'attention', /not on this machine/);
		says(workspace({ workspace: 'none' }), 'attention', /No folder is open/);
	});

	it('wants a Node that runs and is new enough', () => {
		says(
			nodeFinding({ type: 'version', text: 'v22.1.0' }, false, english),
			'ok',
			/v22\.1\.0, the editor’s own/,
		);
		says(nodeFinding({ type: 'version', text: 'v20.0.0' }, true, english), 'ok', /chosen in the settings/);
		says(
			nodeFinding({ type: 'version', text: 'v18.20.0' }, true, english),
			'wrong',
			/too old/,
			'familiar.host.nodePath',
		);
		says(
			nodeFinding({ type: 'failed', reason: 'ENOENT' }, true, english),
			'wrong',
			/ENOENT/,
			'familiar.host.nodePath',
		);
	});

	it('wants Git in trusted workspaces', () => {
		says(gitFinding({ type: 'version', text: 'git version 2.39' }, true, english), 'ok', /2\.39/);
		says(gitFinding({ type: 'failed', reason: 'ENOENT' }, true, english), 'attention', /ENOENT/, 'git.path');
		says(gitFinding({ type: 'failed', reason: '' }, false, english), 'ok', /not asked/);
	});
});

describe('doctor: model process', () => {
	const host = (state: ModelState, pid: number | undefined, recentCrashes = 0) =>
		hostFinding({ state, pid, recentCrashes }, english);

	it('runs, has crashed, was given up, starts, or has nothing to run', () => {
		says(host(ready(), 7), 'ok', /process 7/);
		says(host(ready(), 7, 2), 'attention', /minutes: 2/, 'familiar.showLog');
		says(host(failed, undefined, 4), 'wrong', /not running.*4/, 'familiar.selectModel');
		says(host({ type: 'starting' }, undefined), 'attention', /starting/);
		const waitsFor = 'loading (40 %) for 12.3 s';
		says(
			hostFinding({ state: { type: 'starting' }, pid: undefined, recentCrashes: 0, waitsFor }, english),
			'attention',
			/starting.*\(loading \(40 %\) for 12\.3 s\)$/,
			'familiar.restartModel',
			'familiar.showLog',
		);
		says(host({ type: 'none' }, undefined), 'wrong', /no model/, 'familiar.selectModel');
	});

	it('answers, late or not at all', () => {
		says(answerFinding({ type: 'tokens', tokens: [1] }, 2.34, english), 'ok', /after 2\.3 ms/);
		says(answerFinding({ type: 'tokens', tokens: [1] }, 4_000, english), 'attention', /busy/);
		says(
			answerFinding({ type: 'unsupported', reason: 'It cannot.' }, 1, english),
			'wrong',
			/It cannot\./,
			'familiar.restartModel',
		);
	});
});

describe('doctor: model', () => {
	const file = { type: 'file', bytes: 5_000_000, startsAsGguf: true } as const;
	const chosen = { type: 'file', path: '/models/real.gguf', isStarter: false } as const;

	it('looks at the file', () => {
		says(fileFinding(chosen, file, english), 'ok', /real\.gguf, 5 MB/);
		says(
			fileFinding({ ...chosen, isStarter: true }, file, english),
			'attention',
			/starter/,
			'familiar.selectModel',
		);
		says(
			fileFinding(chosen, { type: 'unreadable', reason: 'ENOENT' }, english),
			'wrong',
			/ENOENT/,
			'familiar.useStarterModel',
		);
		says(fileFinding(chosen, { ...file, startsAsGguf: false }, english), 'wrong', /GGUF/);
		says(
			fileFinding(
				{ type: 'problem', problem: { code: 'x', message: 'It is relative.', remedies: ['use-starter'] } },
				undefined,
				english,
			),
			'wrong',
			/relative/,
			'familiar.useStarterModel',
		);
	});

	it('tells what the loaded model is and can do', () => {
		const found = modelFindings(ready(), false, english);
		assert.deepEqual(
			found.map(({ name, grade }) => `${name} ${grade}`),
			['Model ok', 'Fill in the middle ok', 'Context ok', 'Chat format ok'],
		);
		says(found[0], 'ok', /llama, 1\.0 M, Q8_0/);
		says(found[2], 'ok', /8192/);
	});

	it('tells what it cannot do', () => {
		const cannot = { type: 'unsupported', reason: 'It has no such tokens.' } as const;
		const model = { fill: cannot, chat: cannot, contextSize: 512 };
		const [, fill, context, chat] = modelFindings(ready(model), false, english);
		says(fill, 'wrong', /no such tokens/, 'familiar.selectModel', 'familiar.completion.leftToRight');
		says(context, 'attention', /512/, 'familiar.model.contextSize');
		says(chat, 'attention', /no such tokens/, 'familiar.selectModel');
		says(modelFindings(ready(model), true, english)[1], 'attention', /left to right/);
	});

	it('tells why there is none', () => {
		says(
			modelFindings(failed, false, english)[0],
			'wrong',
			/cut off.*gguf-truncated/,
			'familiar.selectModel',
		);
		says(modelFindings({ type: 'none' }, false, english)[0], 'wrong', /No model/);
		says(modelFindings({ type: 'starting' }, false, english)[0], 'attention', /not loaded yet/);
	});
});

describe('doctor: machine', () => {
	const memory = (free: number, state: ModelState, fileBytes: number | undefined = 4e9) =>
		memoryFinding({ free, total: 16e9, state, fileBytes }, english);
	const disk = { folder: '/storage', free: 50e9, problem: undefined };

	it('compares the memory with what the model needs', () => {
		says(memory(8e9, ready()), 'ok', /8\.0 GB of 16\.0 GB free; the model uses 1 MB/);
		says(memory(2e8, ready()), 'attention', /200 MB/, 'familiar.model.contextSize');
		says(memory(8e9, { type: 'loading', path: '', progress: 0 }), 'ok', /needs about 4\.4 GB/);
		says(memory(1e9, failed), 'wrong', /needs about 4\.4 GB/, 'familiar.selectModel');
	});

	it('wants a folder that can be written to, and room in it', () => {
		says(diskFinding(disk, english), 'ok', /50\.0 GB free/);
		says(diskFinding({ ...disk, free: undefined }, english), 'ok', /can be written to$/);
		says(diskFinding({ ...disk, free: 5e8 }, english), 'attention', /500 MB/);
		says(diskFinding({ ...disk, free: 1e6 }, english), 'wrong', /1 MB/);
		says(diskFinding({ ...disk, problem: 'EROFS' }, english), 'wrong', /EROFS/);
	});
});

describe('doctor: native libraries', () => {
	const cpu = { description: 'Processor', registry: 'CPU', isGpu: false };
	const gpu = { description: 'Card', registry: 'Vulkan', isGpu: true };
	const lines: readonly ProbeLine[] = [
		{ type: 'trying', package: 'linux-x64' },
		{ type: 'tried', package: 'linux-x64', version: '0.25', devices: [cpu] },
		{ type: 'probed', trainsOn: 'CPU (Processor)' },
	];
	const whole: ProbeResult = { lines, failure: undefined, lastWords: undefined };
	const withGpu: ProbeResult = {
		...whole,
		lines: [{ type: 'tried', package: 'linux-x64-vulkan', version: '0.25', devices: [cpu, gpu] }, ...lines],
	};
	const find = (result: ProbeResult, state = ready(), backend: 'auto' | 'cpu' = 'auto') =>
		nativeFindings(result, state, backend, english);

	it('load, and a trainer can start', () => {
		const [libraries, , trainer] = find(whole);
		says(libraries, 'ok', /linux-x64 \(ggml 0\.25\)/);
		says(trainer, 'ok', /CPU \(Processor\)/);
	});

	it('crash: the package is named, and what was said last', () => {
		const [libraries, , trainer] = find({
			lines: [{ type: 'trying', package: 'linux-x64-cuda' }],
			failure: 'was ended by SIGABRT',
			lastWords: 'CUDA error',
		});
		says(libraries, 'wrong', /linux-x64-cuda was ended by SIGABRT\. CUDA error/, 'familiar.model.backend');
		says(trainer, 'wrong', /SIGABRT/);
	});

	it('do not start at all, are missing, or load in part', () => {
		says(
			find({ lines: [], failure: 'could not run: ENOENT', lastWords: undefined })[0],
			'wrong',
			/ENOENT/,
			'familiar.host.nodePath',
		);
		says(
			find({ ...whole, lines: [{ type: 'probed', problem: 'koffi is missing' }] })[0],
			'wrong',
			/none for this machine/,
		);
		says(find({ ...whole, lines: [{ type: 'probed', problem: 'koffi is missing' }] })[2], 'wrong', /koffi/);
		const broken: ProbeLine = {
			type: 'tried',
			package: 'linux-x64-cuda',
			devices: [],
			problem: 'no libcudart',
		};
		says(find({ ...whole, lines: [broken, ...lines] })[0], 'attention', /linux-x64-cuda: no libcudart/);
	});

	it('find a GPU that is used, one that is not, and none', () => {
		const used = { backend: 'vulkan', devices: ['Card'], gpuLayers: 4 } as const;
		says(find(withGpu, ready(used))[1], 'ok', /found: Vulkan \(Card\); the model runs on VULKAN/);
		says(
			find(withGpu, ready({ ...used, fallbackReason: 'Half of it fits.' }))[1],
			'attention',
			/Half of it fits/,
			'familiar.model.gpuLayers',
		);
		says(find(withGpu, ready({ fallbackReason: 'No driver.' }))[1], 'attention', /runs on CPU.*No driver/);
		says(find(withGpu, ready(), 'cpu')[1], 'attention', /settings choose the CPU/, 'familiar.model.backend');
		says(find(whole, ready(), 'cpu')[1], 'ok', /found: none/);
		says(find(whole, failed)[1], 'ok', /found: none/);
	});
});

describe('doctor: acceleration', () => {
	const acceleration = (changes: Partial<ModelDescription>) => accelerationFinding(ready(changes), english);

	it('says which backend computes, and why not a faster one', () => {
		says(acceleration({ backend: 'cuda' }), 'ok', /^CUDA$/);
		says(acceleration({ fallbackReason: 'No GPU was found.' }), 'ok', /^CPU: No GPU was found\.$/);
		const setting = { reason: 'familiar.model.backend chooses the CPU.', remedy: 'setting' } as const;
		says(acceleration({ notFaster: setting }), 'ok', /^CPU: familiar\.model\.backend chooses the CPU\.$/);
		const others = { reason: 'CUDA is for GPUs by NVIDIA.', remedy: 'none' } as const;
		says(acceleration({ backend: 'vulkan', notFaster: others }), 'ok', /^Vulkan: CUDA is for GPUs by NVIDIA/);
		says(accelerationFinding(failed, english), 'ok', /known when a model is loaded/);
	});

	it('names the command where something can be done', () => {
		says(
			acceleration({
				backend: 'vulkan',
				notFaster: { reason: 'CUDA 13 needs driver 580, and here is 570.', remedy: 'pack' },
			}),
			'attention',
			/^Vulkan: CUDA 13 needs driver 580, and here is 570\.$/,
			'familiar.getAcceleration',
		);
	});
});

describe('doctor: adapters', () => {
	it('are none, there, or gone', () => {
		says(adaptersFinding([], english), 'ok', /none/);
		says(adaptersFinding([{ name: 'mine', isThere: true }], english), 'ok', /mine/);
		says(
			adaptersFinding([{ name: 'mine', isThere: false }], english),
			'wrong',
			/mine/,
			'familiar.selectAdapter',
		);
	});
});

describe('doctor: what keeps completions silent', () => {
	const nothing: SilenceFacts = {
		completion: { ...completionStatus, language: { name: 'Python', on: true } },
		inlineSuggest: true,
		rivals: [],
		excluded: undefined,
		isTooLarge: false,
	};

	it('is nothing', () => {
		const found = silenceFindings(nothing, english);
		assert.equal(found.length, 1);
		says(found[0], 'ok', /on for Python.*way\.$/);
		const lastSilence = 'This line looks finished.';
		const [silent] = silenceFindings(
			{ ...nothing, completion: { ...nothing.completion, lastSilence } },
			english,
		);
		says(silent, 'ok', /nothing was shown: This line looks finished/);
	});

	const causes: readonly (readonly [string, Partial<SilenceFacts>, RegExp, string])[] = [
		[
			'the setting',
			{ completion: { ...nothing.completion, enabled: false } },
			/turned off$/,
			'familiar.completion.enabled',
		],
		[
			'the language',
			{ completion: { ...nothing.completion, language: { name: 'Markdown', on: false } } },
			/for Markdown/,
			'familiar.completion.languages',
		],
		[
			'the trigger',
			{ completion: { ...nothing.completion, manualOnly: true } },
			/asked for/,
			'familiar.completion.trigger',
		],
		[
			'a pause',
			{ completion: { ...nothing.completion, pausedUntil: '12:30' } },
			/until 12:30/,
			'familiar.resumeCompletions',
		],
		[
			'the battery',
			{ completion: { ...nothing.completion, onBattery: true } },
			/battery/,
			'familiar.completion.pauseOnBattery',
		],
		['the editor', { inlineSuggest: false }, /inline suggestions/, 'editor.inlineSuggest.enabled'],
		['a rival', { rivals: ['Continue'] }, /^Continue/, 'Turn one of the two off.'],
		['an exclusion', { excluded: 'The setting says **/*.sql' }, /says \*\*\/\*\.sql/, 'familiar.exclude'],
		['the size', { isTooLarge: true }, /too large/, 'Split the file.'],
	];
	for (const [name, changes, measured, help] of causes) {
		it(`is ${name}`, () => {
			const found = silenceFindings({ ...nothing, ...changes }, english);
			assert.equal(found.length, 1);
			says(found[0], 'attention', measured, help);
		});
	}

	it('is several things, each with its line', () => {
		const found = silenceFindings({ ...nothing, inlineSuggest: false, isTooLarge: true }, english);
		assert.equal(found.length, 2);
	});
});
