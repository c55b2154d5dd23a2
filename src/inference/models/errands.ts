/** What is tried on the way to a model: again when it failed and the user wants to, and with a token where one is asked for. */

import { isAbort } from '../cancel';
import { messageOf } from '../failure';
import type { Log } from '../model';
import type { Translate } from '../statusText';
import type { Dialogues } from './dialogues';
import { DownloadFailure } from './failure';

export interface ErrandDependencies {
	readonly dialogues: Dialogues;
	/** The access token for the hub, where the system keeps secrets. */
	readonly token: {
		get(): PromiseLike<string | undefined>;
		/** Undefined forgets it. */
		set(token: string | undefined): PromiseLike<void>;
	};
	readonly translate: Translate;
	readonly log: Log;
}

export class Errands {
	constructor(private readonly dependencies: ErrandDependencies) {}

	/** Undefined where it was cancelled, or failed and the user left it at that. */
	async attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
		const { dialogues, translate, log } = this.dependencies;
		const again = translate('Try Again');
		for (;;) {
			try {
				return await action();
			} catch (error) {
				if (isAbort(error)) {
					return undefined;
				}
				log.error('A model could not be had', error);
				const isGated = error instanceof DownloadFailure && error.kind === 'gated';
				const button = isGated ? translate('Enter Access Token…') : again;
				const pressed = await dialogues.tell('error', messageOf(error), button);
				if (pressed === undefined || (isGated && !(await this.enterToken()))) {
					return undefined;
				}
			}
		}
	}

	/** Whether there is one now. */
	private async enterToken(): Promise<boolean> {
		const { dialogues, token, translate } = this.dependencies;
		const text = await dialogues.ask(
			translate('Familiar: Access Token'),
			translate(
				'From the settings of your account at huggingface.co; reading is enough. It is sent to no other host.',
			),
			true,
			(value) =>
				/^[\x21-\x7e]{8,200}$/.test(value.trim()) || value.trim() === ''
					? undefined
					: translate('A token has no spaces, and begins with hf_.'),
		);
		const value = text?.trim() ?? '';
		if (text !== undefined) {
			await token.set(value === '' ? undefined : value);
		}
		return value !== '';
	}
}
