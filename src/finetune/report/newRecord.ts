/** Makes the record of an adapter: of the run that trained it, or of what its file says where no run is known. */

import * as path from 'node:path';
import type { AdapterFacts } from '../../inference/gguf/adapterKeys';
import { isTrainingSettings } from '../job/messageShapes';
import type { RunOrder } from '../job/messages';
import type { RunView } from '../job/runRecord';
import type { Judgement } from '../judge/judgement';
import type { TrainingSettings } from '../settings';
import type { AdapterRecord } from './record';

interface TrainedRun {
	readonly view: RunView;
	readonly order: RunOrder;
	/** What the adapter's file says; undefined where no model could look at it. */
	readonly facts: AdapterFacts | undefined;
	readonly judgement: Judgement | undefined;
	/** Of the engine that serves. */
	readonly engine: string | undefined;
	/** Name of the adapter that it went on from. */
	readonly continuedName: string | undefined;
	/** Milliseconds since 1970. */
	readonly now: number;
}

/** Undefined for a run without an adapter. */
export function recordOfRun(run: TrainedRun): AdapterRecord | undefined {
	const { view, order, facts, judgement, engine, continuedName, now } = run;
	const { result } = view;
	if (result === undefined) {
		return undefined;
	}
	const { steps, tokens, seconds, skipped, peakBytes } = result;
	const created = facts?.run === undefined ? Number.NaN : Date.parse(facts.run.created);
	return {
		version: 1,
		adapter: path.basename(result.adapterPath),
		name: view.name,
		notes: '',
		created: Number.isNaN(created) ? now : created,
		base: { name: facts?.baseName ?? path.basename(order.basePath), fingerprint: facts?.base },
		data: order.data,
		settings: order.settings,
		versions: { trainer: facts?.versions, engine, promptFormat: facts?.promptFormat },
		heldOut: { before: result.before.loss, after: result.after.loss },
		losses: view.losses,
		evaluations: view.evaluations.map(({ step, loss, tokens: of }) => ({ step, loss, tokens: of })),
		cost: { steps, tokens, seconds, skipped, peakBytes },
		continued:
			order.from === undefined
				? undefined
				: {
						adapter: path.basename(order.from),
						name: continuedName ?? path.basename(order.from, '.gguf'),
					},
		judgement,
		learningCurve: undefined,
	};
}

/**
 * Of an adapter without a record: imported, or trained by an earlier version.
 *
 * @param written When its file was written, in milliseconds since 1970.
 */
export function recordOfFile(file: string, written: number, facts: AdapterFacts | undefined): AdapterRecord {
	const run = facts?.run;
	const created = run === undefined ? Number.NaN : Date.parse(run.created);
	return {
		version: 1,
		adapter: path.basename(file),
		name: facts?.name ?? path.basename(file, '.gguf'),
		notes: '',
		created: Number.isNaN(created) ? written : created,
		base: { name: facts?.baseName ?? '', fingerprint: facts?.base },
		data: undefined,
		settings: settingsOf(facts),
		versions: { trainer: facts?.versions, engine: undefined, promptFormat: facts?.promptFormat },
		heldOut: run === undefined ? undefined : { before: run.lossBefore, after: run.lossAfter },
		losses: [],
		evaluations: [],
		cost: run === undefined ? undefined : { steps: run.steps, tokens: run.tokens, seconds: run.seconds },
		continued: undefined,
		judgement: undefined,
		learningCurve: undefined,
	};
}

/** Undefined for an adapter that Familiar did not train. */
export function settingsOf(facts: AdapterFacts | undefined): TrainingSettings | undefined {
	try {
		const settings: unknown = JSON.parse(facts?.settings ?? 'null');
		return isTrainingSettings(settings) ? settings : undefined;
	} catch {
		return undefined;
	}
}
