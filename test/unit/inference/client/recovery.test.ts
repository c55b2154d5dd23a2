/** What follows a crash: another try, the CPU, or a problem that names what was going on. */
import assert from 'node:assert/strict';
import { Breaker } from '../../../../src/inference/client/breaker';
import { type Phase, Recovery } from '../../../../src/inference/client/recovery';
import type { Backend } from '../../../../src/inference/model';

/** `restart on BACKEND` for each crash, or the code of the problem. */
function check(backend: Backend, phases: readonly Phase[], expected: readonly string[]): Recovery {
	const options = { path: '/models/a.gguf', backend, contextSize: 512, gpuLayers: 7, cacheFolder: '/cache' };
	const recovery = new Recovery(options, new Breaker(() => 0));
	const outcomes = phases.map((phase) => {
		const decision = recovery.after({ phase, cause: 'was ended by SIGABRT' });
		return decision.type === 'restart' ? `restart on ${recovery.options.backend}` : decision.problem.code;
	});
	assert.deepEqual(outcomes, expected);
	assert.deepEqual({ ...recovery.options, backend }, options, 'nothing but the backend changes');
	return recovery;
}

describe('Recovery', () => {
	it('takes the CPU after a crash while loading with the automatic backend, and says so', () => {
		const recovery = check('auto', ['loading'], ['restart on cpu']);
		assert.match(recovery.fallbackReason ?? '', /SIGABRT while it was loading a\.gguf \(backend: auto\)/);
	});

	it('gives a file up after two crashes while loading on one backend', () => {
		check('cpu', ['loading', 'loading'], ['restart on cpu', 'model-crashes-engine']);
		check(
			'auto',
			['loading', 'loading', 'loading'],
			['restart on cpu', 'restart on cpu', 'model-crashes-engine'],
		);
	});

	it('never changes a backend that the user chose, but offers the CPU', () => {
		check('cuda', ['loading', 'loading'], ['restart on cuda', 'model-crashes-engine']);
		const recovery = new Recovery(
			{ path: '/models/a.gguf', backend: 'cuda', contextSize: 0, gpuLayers: -1, cacheFolder: '/cache' },
			new Breaker(() => 0),
		);
		recovery.after({ phase: 'loading', cause: 'hung' });
		const decision = recovery.after({ phase: 'loading', cause: 'hung' });
		assert.ok(decision.type === 'stop');
		assert.ok(decision.problem.remedies.includes('use-cpu'));
		assert.ok(decision.problem.message.includes('/models/a.gguf'));
	});

	it('keeps the backend after crashes in generating, until the breaker opens', () => {
		const restart = 'restart on auto';
		check(
			'auto',
			['generating', 'idle', 'starting', 'generating'],
			[restart, restart, restart, 'host-crashed-repeatedly'],
		);
	});
});
