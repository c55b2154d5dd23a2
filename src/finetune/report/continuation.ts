/** The adapter that the next run goes on from: chosen on a report or in a notification, taken when the run is prepared. */

import type { TrainingSettings } from '../settings';

/** An adapter that a run can begin with. */
export interface Start {
	/** Absolute. */
	readonly path: string;
	readonly name: string;
	/** Absolute path of the GGUF of its base. */
	readonly basePath: string;
	/** Of the run that trained it: the shape of its matrices must stay. */
	readonly settings: TrainingSettings;
}

export class Continuation {
	private chosen: Start | undefined;

	choose(start: Start): void {
		this.chosen = start;
	}

	clear(): void {
		this.chosen = undefined;
	}

	/** Once. Undefined where none was chosen, or one of another base. */
	take(basePath: string): Start | undefined {
		const { chosen } = this;
		this.chosen = undefined;
		return chosen?.basePath === basePath ? chosen : undefined;
	}
}

/** The settings of a run that goes on: its own but for the shape of the matrices, which is the adapter's. */
export function settingsFor(settings: TrainingSettings, start: Start | undefined): TrainingSettings {
	if (start === undefined) {
		return settings;
	}
	const { rank, alpha, rankStabilised, targets, topLayers } = start.settings;
	return { ...settings, rank, alpha, rankStabilised, targets, topLayers };
}
