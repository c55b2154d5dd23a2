/** A download with what the user sees of it, up to the model in use. */

import { abortError } from '../cancel';
import type { Log } from '../model';
import type { Translate } from '../statusText';
import type { Dialogues } from './dialogues';
import type { Downloads, Progress } from './downloads';
import type { ErrandDependencies, Errands } from './errands';
import { type ModelRecord, modelKey, type Role } from './library';
import { Pace } from './pace';
import { progressText } from './progressText';

/** Milliseconds between two texts: quicker ones cannot be read. */
const SHOW_EVERY = 250;

export interface FetchingDependencies {
	readonly dialogues: Dialogues;
	readonly downloads: Pick<Downloads, 'run'>;
	readonly token: ErrandDependencies['token'];
	readonly translate: Translate;
	readonly log: Log;
	/** @param file empty for the starter, or none. @returns whether it is in use now. */
	use(file: string, roles: readonly Role[]): Promise<boolean>;
	/** Clears the settings that name a file. */
	giveUp(file: string): Promise<void>;
	/** Whether the starter does what a model of these roles is for. */
	isStarterFor(roles: readonly Role[]): boolean;
}

/** A download of this window, as far as it is. */
export interface Running {
	/** For example `4 MB of 14 MB, 2 MB a second, 5 s left`. */
	readonly text: string;
	cancel(): void;
}

export class Fetching {
	private readonly downloads = new Map<string, Running>();

	/** @param onChange with the key of one that went on; undefined where one began or ended. */
	constructor(
		private readonly dependencies: FetchingDependencies,
		private readonly errands: Pick<Errands, 'attempt'>,
		private readonly onChange: (key: string | undefined) => void,
	) {}

	/** What this window downloads now, by the key of the model. */
	get running(): ReadonlyMap<string, Running> {
		return this.downloads;
	}

	/** Each model once at a time. */
	async fetch(record: ModelRecord): Promise<void> {
		const { dialogues, translate, log } = this.dependencies;
		const key = modelKey(record);
		if (this.downloads.has(key)) {
			return;
		}
		const file = await this.errands.attempt(async () => {
			// Until it has ended, not until somebody has read how: a message may stay for hours.
			const cancelled = new AbortController();
			const cancel = () => cancelled.abort(abortError());
			this.downloads.set(key, { text: '', cancel });
			this.onChange(undefined);
			try {
				return await dialogues.during(translate('Downloading {0}', record.name), (report, signal) =>
					this.download(
						record,
						(text, share) => {
							report(text, share);
							this.downloads.set(key, { text, cancel });
							this.onChange(key);
						},
						AbortSignal.any([signal, cancelled.signal]),
					),
				);
			} finally {
				this.downloads.delete(key);
				this.onChange(undefined);
			}
		});
		if (file === undefined) {
			return;
		}
		log.info(`downloaded ${record.name} from ${record.origin}`);
		await this.offer(file, record);
	}

	/** Who has only the starter wanted it for use; whoever has chosen a model before is asked. */
	private async offer(file: string, { name, roles }: ModelRecord): Promise<void> {
		const { dialogues, translate, use, giveUp, isStarterFor } = this.dependencies;
		const tell = (message: string, button: string) => dialogues.tell('information', message, button);
		if (!isStarterFor(roles)) {
			const button = translate('Use It Now');
			if ((await tell(translate('{0} is here.', name), button)) === button) {
				await use(file, roles);
			}
		} else if (await use(file, roles)) {
			const undo = translate('Undo');
			if (
				(await tell(translate('{0} is here and in use now, in place of the starter.', name), undo)) === undo
			) {
				// Not what was chosen since.
				await giveUp(file);
			}
		}
	}

	private async download(
		record: ModelRecord,
		report: (message: string, share?: number) => void,
		signal: AbortSignal,
	): Promise<string> {
		const { downloads, token, translate } = this.dependencies;
		const pace = new Pace();
		let latest: Progress | undefined;
		const show = () => {
			if (latest === undefined) {
				return;
			}
			const { phase, bytes, total } = latest;
			if (phase === 'downloading') {
				// Also where nothing came: a line that hangs gets slower.
				pace.note(bytes, performance.now());
			}
			const left = total === undefined ? undefined : pace.secondsLeft(total);
			const text = progressText(latest, pace.bytesPerSecond, left, translate);
			report(text, total === undefined ? undefined : bytes / total);
		};
		const timer = setInterval(show, SHOW_EVERY);
		try {
			return await downloads.run(
				record,
				await token.get(),
				(progress) => {
					const isNews = latest?.phase !== progress.phase;
					latest = progress;
					if (isNews) {
						show();
					}
				},
				signal,
			);
		} finally {
			clearInterval(timer);
		}
	}
}
