/** A source of context: what stands behind one `#name`. Registered by name in the room's list of sources. */

import type { Translate } from '../../inference/statusText';
import type { Attachment } from '../question';
import type { ContextEditor } from './editor';

/** Material, or why there is none. */
export type Found =
	| { readonly type: 'attached'; readonly attachment: Attachment }
	| { readonly type: 'refused'; readonly label: string; readonly reason: string };

/** An argument that can be chosen. */
interface Suggested {
	readonly argument: string;
	/** What is shown of it, and beside it. */
	readonly label: string;
	readonly detail: string;
}

interface Asked {
	/** Empty where there is none. */
	readonly argument: string;
	/** All that the user wrote; empty while it is being written. */
	readonly question: string;
}

export interface ContextSource {
	/** Lower case letters, as written after `#`. */
	readonly name: string;
	/** One phrase for lists. */
	readonly description: string;
	/** Whether `#name:argument` is needed. */
	readonly takesArgument: boolean;
	/** `now`: read for its chip, and again when the question is sent. `sent`: read only then. */
	readonly reads: 'now' | 'sent';
	/** What the chip says until it is read; default: the mention. */
	readonly until?: string;
	/** The likeliest arguments for what was typed, the best first. */
	suggest?(typed: string, signal: AbortSignal): Promise<readonly Suggested[]>;
	read(asked: Asked, signal: AbortSignal): Promise<readonly Found[]>;
}

/** What the sources are made with. */
export interface SourceTools {
	readonly editor: ContextEditor;
	readonly translate: Translate;
}
