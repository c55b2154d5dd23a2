/** What follows a crash: another try, the CPU, or a problem that names what was going on. */
import assert from 'node:assert/strict';
import { Breaker } from '../../../../src/inference/client/breaker';
import { type Phase, Recovery } from '../../../../src/inference/client/recovery';
import type { Backend } from '../../../../src/inference/model';

/** `restart on BACKEND` for each crash, or the code of the problem. */
function check(backend: Backend, phases: readonly Phase[], expected: readonly string[]): Recovery {
	const options = { path: '/models/a.gguf', backend, contextSize: 512, gpuLayers: -1, cacheFolder: '/cache' };
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

	/** `N layers on BACKEND` after each crash of a model that had so many layers on the GPU, or the code of the problem. */
	function shrink(
		requested: { readonly backend: Backend; readonly gpuLayers: number },
		crashes: readonly (readonly [layers: number, cause: string, phase?: Phase, line?: string])[],
	) {
		const options = { path: '/models/a.gguf', contextSize: 512, cacheFolder: '/cache', ...requested };
		const recovery = new Recovery(options, new Breaker(() => 0));
		const ways = crashes.map(([gpuLayers, cause, phase = 'generating', line]) => {
			recovery.loaded({ backend: gpuLayers > 0 ? 'cuda' : 'cpu', gpuLayers });
			const decision = recovery.after({ phase, cause, lines: line === undefined ? [] : [line] });
			return decision.type === 'stop'
				? decision.problem.code
				: `${recovery.options.gpuLayers} layers on ${recovery.options.backend}`;
		});
		return { recovery, ways };
	}
	const aborted = 'was ended by SIGABRT';
	const automatic = { backend: 'auto', gpuLayers: -1 } as const;

	it('puts fewer layers on a GPU that fails at work, then none, and says so once', () => {
		const { recovery, ways } = shrink(automatic, [
			[25, aborted],
			[12, aborted],
		]);
		assert.deepEqual(ways, ['12 layers on auto', '-1 layers on cpu']);
		assert.match(
			recovery.fallbackReason ?? '',
			/^The model host was ended by SIGABRT while a\.gguf was generating.*CPU instead\.$/,
		);
		assert.equal(recovery.fallbackReason?.match(/instead/g)?.length, 1);
	});

	it('stops at the breaker, however a device fails', () => {
		const { ways } = shrink(automatic, [
			[25, aborted],
			[12, aborted],
			[0, aborted],
			[0, aborted],
		]);
		assert.deepEqual(ways.slice(2), ['-1 layers on cpu', 'host-crashed-repeatedly']);
	});

	it('keeps a backend that the user chose: its last resort is no layer on the GPU', () => {
		const { ways } = shrink({ backend: 'cuda', gpuLayers: -1 }, [
			[3, aborted],
			[1, aborted],
		]);
		assert.deepEqual(ways, ['1 layers on cuda', '0 layers on cuda']);
	});

	it('never changes layers that the user chose, at work or while loading', () => {
		const crashes = [
			[20, aborted],
			[20, aborted, 'loading'],
		] as const;
		assert.deepEqual(shrink({ backend: 'auto', gpuLayers: 20 }, crashes).ways, [
			'20 layers on auto',
			'20 layers on auto',
		]);
	});

	it('takes a host that somebody ended for no failure of the GPU, unless it said that memory ran out', () => {
		const killed = 'was ended by SIGKILL (somebody ended it, or memory ran out)';
		const { ways } = shrink(automatic, [
			[25, killed],
			[25, killed, 'generating', 'CUDA error: out of memory'],
		]);
		assert.deepEqual(ways, ['-1 layers on auto', '12 layers on auto']);
	});

	it('takes the CPU where fewer layers do not fit either, and gives up where nothing is left', () => {
		const { recovery } = shrink(automatic, [[25, aborted]]);
		const problem = { code: 'out-of-memory', message: 'There is not enough memory.', remedies: [] };
		assert.equal(recovery.refused({ ...problem, code: 'model-load-failed' }), false);
		assert.equal(recovery.refused(problem), true);
		assert.equal(recovery.options.backend, 'cpu');
		assert.equal(recovery.refused(problem), false);
		assert.equal(new Recovery(recovery.options, new Breaker(() => 0)).refused(problem), false);
	});
});
