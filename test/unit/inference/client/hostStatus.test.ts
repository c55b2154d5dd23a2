/** Whose work a host was at when it went. */
import assert from 'node:assert/strict';
import { HostStatus } from '../../../../src/inference/client/hostStatus';
import type { Tick } from '../../../../src/inference/wire/protocol';

/** @param own what this client has under way: undefined for a generation. */
function check(
	tick: Tick,
	own: readonly (string | undefined)[],
	expected: Pick<HostStatus, 'wasBusy' | 'wasElsewhere'> & Partial<HostStatus>,
): void {
	const status = new HostStatus();
	status.begin('/models/over.gguf')();
	for (const subject of own) {
		status.begin(subject);
	}
	status.tick(tick);
	assert.deepEqual([status.wasBusy, status.wasElsewhere], [false, false], 'it goes on');
	status.end();
	const { wasBusy, wasElsewhere, wasReloading } = status;
	assert.deepEqual({ wasBusy, wasElsewhere, wasReloading }, { wasReloading: false, ...expected });
}

describe('HostStatus', () => {
	it('puts a load down to the window whose load it is, whatever others have under way', () => {
		const tick = { clients: 2, loading: ['/models/bad.gguf'] };
		check(tick, ['/models/bad.gguf'], { wasBusy: true, wasElsewhere: false });
		check(tick, ['/models/good.gguf'], { wasBusy: true, wasElsewhere: true });
		check(tick, [undefined], { wasBusy: true, wasElsewhere: true });
		check(tick, [], { wasBusy: false, wasElsewhere: true });
		check(tick, ['/models/over.gguf', undefined], { wasBusy: true, wasElsewhere: true });
	});

	it('puts anything else down to whoever had something under way', () => {
		const tick = { clients: 3, loading: [] };
		check(tick, [undefined], { wasBusy: true, wasElsewhere: false });
		check(tick, ['/models/waits.gguf'], { wasBusy: true, wasElsewhere: false });
		check(tick, [], { wasBusy: false, wasElsewhere: true });
	});

	it('puts the return of a model that had left memory down to the window whose request wants it', () => {
		const tick = { clients: 2, loading: ['/models/over.gguf'] };
		check(tick, [undefined], { wasBusy: true, wasElsewhere: false, wasReloading: true });
		check(tick, [], { wasBusy: false, wasElsewhere: true });
	});

	it('has nobody else to blame where there is nobody', () => {
		check({ clients: 1, loading: ['/models/other.gguf'] }, [], { wasBusy: false, wasElsewhere: false });
		check({ clients: 1, loading: [] }, [], { wasBusy: false, wasElsewhere: false });
	});
});
