/** Makes a run of a plan: its folder, its data and its order. */

import { throwIfAborted } from '../../inference/cancel';
import { readDatasetHeader } from '../dataset/datasetFile';
import { english } from '../job/english';
import type { RunOrder } from '../job/messages';
import type { Claim } from '../job/runStore';
import { settingsFor } from '../report/continuation';
import { type DataSummary, summaryOf } from '../report/dataSummary';
import type { OnPrepared, Plan, PreparedData } from './plan';
import type { FineTuneSessionOptions } from './sessionOptions';

interface NewRun {
	readonly claim: Claim;
	readonly order: RunOrder;
	/** What is to be known of its data, one sentence each. */
	readonly notes: readonly string[];
}

/** @throws what the store and the plan throw, with nothing left behind; an AbortError. */
export async function newRun(
	plan: Plan,
	options: FineTuneSessionOptions,
	say: OnPrepared,
	signal: AbortSignal,
): Promise<NewRun> {
	const claim = await options.store.claim(undefined, options.translate);
	const { path, notes } = await prepare(plan, claim, options, say, signal);
	const { adapterFolder, cacheFolder, workspace } = options;
	const { name, basePath, role } = plan;
	const start = role === 'chat' ? undefined : options.takeStart?.(basePath);
	const { translate = english } = options;
	const order: RunOrder = {
		version: 1,
		runFolder: claim.run.path,
		basePath,
		datasetPath: path,
		adapterFolder,
		cacheFolder,
		name,
		settings: settingsFor(plan.settings, start),
		workspace,
		data: await describe(path, claim.run.path, notes),
		...(start === undefined ? {} : { from: start.path }),
	};
	const goesOn = start === undefined ? [] : [translate('It goes on from the adapter {0}.', start.name)];
	return { claim, order, notes: [...goesOn, ...notes] };
}

/** For the report: undefined where the data cannot be read, which the trainer will say. */
function describe(
	datasetPath: string,
	runFolder: string,
	notes: readonly string[],
): Promise<DataSummary | undefined> {
	return readDatasetHeader(datasetPath).then(
		(header) => summaryOf(header, runFolder, notes),
		() => undefined,
	);
}

/** The claim is released, and what was written deleted, where that fails. */
async function prepare(
	plan: Plan,
	claim: Claim,
	{ store, log, measuresCurve }: FineTuneSessionOptions,
	say: OnPrepared,
	signal: AbortSignal,
): Promise<PreparedData> {
	try {
		throwIfAborted(signal);
		const prepared = await plan.prepare(claim.run.path, say, signal);
		throwIfAborted(signal);
		if (measuresCurve?.() === true) {
			await claim.run.wantCurve();
		}
		return prepared;
	} catch (error) {
		await claim.lock.release();
		await store.delete(claim.run.id).catch((reason: unknown) => {
			log.warn(`The data of a run that did not begin cannot be deleted: ${String(reason)}`);
		});
		throw error;
	}
}
