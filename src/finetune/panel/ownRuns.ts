/** The runs of one workspace as they lie on disk: those of others are nobody's business in its windows. */

import type { Translate } from '../../inference/statusText';
import { RunRecord } from '../job/runRecord';
import type { RunStore, StoredRun } from '../job/runStore';
import type { Judgement } from '../judge/judgement';
import type { CurveTurn } from './curveTurn';
import { type RunShown, storedShown } from './sessionState';

export class OwnRuns {
	/**
	 * @param workspace As in `RunOrder`.
	 * @param judgementOf What a judge found of an adapter.
	 */
	constructor(
		private readonly store: Pick<RunStore, 'list' | 'run'>,
		private readonly workspace: string | undefined,
		private readonly translate: Translate,
		private readonly judgementOf: (adapterPath: string) => Promise<Judgement | undefined> = async () =>
			undefined,
		/** How its learning curve stands. */
		private readonly curveOf: CurveTurn['standing'] = async () => undefined,
	) {}

	async find(id: string): Promise<StoredRun | undefined> {
		return (await this.all()).find((run) => run.id === id);
	}

	/** The newest that a closed window left behind and that can go on. */
	async left(): Promise<StoredRun | undefined> {
		return (await this.all()).find((run) => run.state === 'interrupted' && run.obstacle === undefined);
	}

	/** The newest, with all that it reported. */
	async last(): Promise<RunShown | undefined> {
		const stored = (await this.all())[0];
		if (stored === undefined) {
			return undefined;
		}
		const record = new RunRecord();
		for (const entry of await this.store.run(stored.id).log.read()) {
			record.add(entry);
		}
		const shown = storedShown(stored, record);
		const { result } = shown.view;
		return result === undefined
			? shown
			: {
					...shown,
					judgement: await this.judgementOf(result.adapterPath),
					curve: await this.curveOf(stored.id, stored.order, result),
				};
	}

	/** Newest first, of this base model. @param basePath absolute. */
	async of(basePath: string): Promise<readonly StoredRun[]> {
		return (await this.all()).filter(({ order }) => order.basePath === basePath);
	}

	private async all(): Promise<readonly StoredRun[]> {
		const runs = await this.store.list(this.translate);
		return runs.filter((run) => run.order.workspace === this.workspace);
	}
}
