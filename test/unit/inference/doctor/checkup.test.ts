/** A whole visit of the doctor: real files and processes, a scripted model. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { english } from '../../../../src/finetune/job/english';
import { isAbort } from '../../../../src/inference/cancel';
import { checksFor, checkup, type Patient } from '../../../../src/inference/doctor/checkup';
import { programVersion, writableFolder } from '../../../../src/inference/doctor/facts';
import { probe } from '../../../../src/inference/doctor/nativeProbe';
import type { RemoteUse } from '../../../../src/inference/remoteRoles';
import { commands, readSettings } from '../../../../src/manifest';
import { completionStatus } from '../../../support/completionStatus';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';
import { root } from '../../../support/root';

const PROBE = path.join(root, 'out/test/support/fakeProbe.entry.mjs');
const never = new AbortController().signal;

describe('doctor: visit', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-doctor-'));
		fs.writeFileSync(path.join(folder, 'starter.gguf'), 'GGUF and more');
	});
	afterEach(() => {
		fs.rmSync(folder, { recursive: true, force: true });
		delete process.env['LC_PROBE'];
	});

	function patient(changes: Partial<Patient> = {}): Patient {
		const model = new FakeModel();
		model.onFill = () => 'left : right;';
		return {
			environment: {
				extensionVersion: '1.2.3',
				editor: 'Editor 1.104',
				system: 'linux',
				remote: undefined,
				isTrusted: true,
				workspace: 'local',
			},
			silence: {
				completion: { ...completionStatus, language: undefined },
				inlineSuggest: true,
				rivals: [],
				excluded: undefined,
				isTooLarge: false,
			},
			model,
			hostPid: 7,
			recentCrashes: 0,
			settings: readSettings(() => undefined),
			starterPath: path.join(folder, 'starter.gguf'),
			storage: path.join(folder, 'storage'),
			probeFile: PROBE,
			gitPath: 'git',
			adapters: [],
			translate: english,
			...changes,
		};
	}

	it('names the server that code goes to, and looks for nothing here that is served there', async () => {
		const local = new FakeModel();
		local.state = { type: 'none' };
		const model = new FakeModel();
		model.onFill = () => 'left : right;';
		const served = { host: 'gpu:8000', program: 'vLLM' };
		model.state = {
			type: 'ready',
			model: { ...fakeDescription, server: served, decodeTokensPerSecond: 0, loadMilliseconds: 0 },
		};
		const remote: RemoteUse = {
			host: 'gpu:8000',
			roles: ['completion', 'chat'],
			isEncrypted: false,
			isHere: false,
			problems: [],
		};
		const { text } = await checkup(
			patient({ model, local, remote, hostPid: undefined }),
			() => undefined,
			never,
		);
		assert.match(text, /Code in prompts is sent to gpu:8000 \(completions, chat\)/);
		assert.match(text, /The connection is not encrypted/);
		assert.match(text, /not needed: gpu:8000 serves the model/);
		assert.match(text, /fake, served by gpu:8000 \(vLLM\)/);
		assert.doesNotMatch(text, /GGUF passed|at load|every keystroke reads/);
		const away = await checkup(
			patient({ model, local, remote: { ...remote, problems: ['gpu:8000 is away.'] } }),
			() => undefined,
			never,
		);
		assert.match(away.text, /gpu:8000 is away\./);
		assert.ok(away.links.some(({ command }) => command === commands.disconnectServer));
	});

	it('has a line for every check, and tells how far it is', async () => {
		const one = patient({ adapters: [{ name: 'mine', path: path.join(folder, 'gone.gguf') }] });
		const steps: [string, number][] = [];
		const { text } = await checkup(one, (name, share) => steps.push([name, share]), never);
		for (const line of [
			/ok: \*\*Editor\*\*: Editor 1\.104, Familiar 1\.2\.3/,
			/ok: \*\*Node\.js\*\*: v\d+/,
			/ok: \*\*Model process\*\*: runs/,
			/attention: \*\*Model file\*\*: starter\.gguf, 0 MB: the starter model/,
			/ok: \*\*Model\*\*: fake/,
			/ok: \*\*Its answers\*\*/,
			/\*\*A completion\*\*: first text after/,
			/attention: \*\*The next keystroke\*\*: 0 of 1/,
			/ok: \*\*Native libraries\*\*: linux-x64 \(ggml 0\.25\)/,
			/ok: \*\*Fine-tuning\*\*: a trainer can start/,
			/\*\*Memory\*\*/,
			/\*\*Disk\*\*/,
			/ok: \*\*Git\*\*: git version/,
			/wrong: \*\*Adapters\*\*: .*mine/,
			/ok: \*\*Completions\*\*/,
		]) {
			assert.match(text, line);
		}
		assert.deepEqual(
			steps.map(([name]) => name),
			checksFor(one).map(({ name }) => name),
		);
		assert.equal(steps[0]?.[1], 0);
		assert.ok(steps.every(([, share], index) => share < 1 && share >= (steps[index - 1]?.[1] ?? 0)));
	});

	it('asks no model that is not there', async () => {
		const model = new FakeModel();
		model.state = {
			type: 'failed',
			problem: { code: 'model-missing', message: 'It is gone.', remedies: ['select-model'] },
		};
		const { text } = await checkup(patient({ model, hostPid: undefined }), () => undefined, never);
		assert.match(text, /wrong: \*\*Model\*\*: It is gone\./);
		assert.doesNotMatch(text, /A completion/);
		assert.equal(model.fills.length, 0);
	});

	it('runs no Git in Restricted Mode', async () => {
		const one = patient({ gitPath: path.join(folder, 'no-git') });
		const { text } = await checkup(
			{ ...one, environment: { ...one.environment, isTrusted: false } },
			() => undefined,
			never,
		);
		assert.match(text, /ok: \*\*Git\*\*: not asked/);
	});

	it('is cancelled in the middle of a completion', async () => {
		const controller = new AbortController();
		const model = new FakeModel();
		model.onFill = () => {
			controller.abort();
			return { steps: [new Promise(() => undefined)] };
		};
		await assert.rejects(
			checkup(patient({ model }), () => undefined, controller.signal),
			isAbort,
		);
		assert.equal(model.fills[0]?.wasAborted, true);
	});

	it('tells of a probe that crashed, and of one that never was', async () => {
		process.env['LC_PROBE'] = 'crash';
		const crashed = await probe({ probeFile: PROBE, nodePath: undefined }, never);
		assert.deepEqual(crashed.lines, [{ type: 'trying', package: 'linux-x64-cuda' }]);
		assert.match(crashed.failure ?? '', /SIGKILL/);
		assert.match(crashed.lastWords ?? '', /no kernel image/);
		const missing = await probe({ probeFile: PROBE, nodePath: path.join(folder, 'no-node') }, never);
		assert.match(missing.failure ?? '', /could not run/);
	});

	it('ends a probe that hangs', async () => {
		process.env['LC_PROBE'] = 'hang';
		const controller = new AbortController();
		const hanging = probe({ probeFile: PROBE, nodePath: undefined }, controller.signal);
		controller.abort();
		assert.match((await hanging).failure ?? '', /SIGKILL/);
	});

	it('takes facts from programs', async () => {
		assert.deepEqual(await programVersion(process.execPath, never), {
			type: 'version',
			text: process.version,
		});
		assert.deepEqual(await programVersion(path.join(folder, 'none'), never), {
			type: 'failed',
			reason: 'ENOENT',
		});
	});

	it('leaves nothing in the folder that it tries', async () => {
		const kept = path.join(folder, 'storage');
		const facts = await writableFolder(kept);
		assert.equal(facts.problem, undefined);
		assert.ok((facts.free ?? 0) > 0);
		assert.deepEqual(fs.readdirSync(kept), []);
		const problem = await writableFolder(path.join(folder, 'starter.gguf', 'below'));
		assert.equal(problem.problem, 'ENOTDIR');
	});
});
