/** How long the chat's panel takes to open in a real VS Code, as figures: panelOpen.mjs does it, in a process of its own. */
import * as path from 'node:path';
import { list, number, object } from '../../src/inference/wire/shapes';
import { root } from '../support/root';
import { measureApart } from './children';
import { type Figure, median, percentile } from './harness';

interface Opened {
	/** Milliseconds of the first time in each window, and of the times behind it. */
	readonly cold: readonly number[];
	readonly warm: readonly number[];
}

const isOpened = object<Opened>({ cold: list(number), warm: list(number) });

/**
 * @param windows that are opened one after the other
 * @param times that the panel is opened again in each
 * @throws Error with the end of what was printed where VS Code did not start or the panel did not come.
 */
export function panelFigures(windows: number, times: number): readonly Figure[] {
	const program = path.join(root, 'test/bench/panelOpen.mjs');
	const { cold, warm } = measureApart(
		process.execPath,
		[program, String(windows), String(times)],
		{},
		isOpened,
	);
	const figure = (label: string, key: string, value: number | undefined, samples: number): Figure => ({
		label: `panel, ${label}`,
		key,
		unit: 'ms',
		value,
		samples,
	});
	return [
		figure('first time in a window', 'panel_cold_ms', median(cold), cold.length),
		figure('the same, longest', 'panel_cold_max_ms', percentile(cold, 1), cold.length),
		figure('again', 'panel_warm_ms', median(warm), warm.length),
		figure('the same, p95', 'panel_warm_p95_ms', percentile(warm, 0.95), warm.length),
	];
}
