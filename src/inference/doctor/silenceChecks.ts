/** What keeps completions from appearing although all is well: settings, the file, another extension. */

import { settings } from '../../manifest';
import type { CompletionStatus, Translate } from '../statusText';
import { advice, attention, commandHelps, type Finding, ok, setting } from './check';

export interface SilenceFacts {
	readonly completion: CompletionStatus;
	/** `editor.inlineSuggest.enabled`, as it holds for the active file. */
	readonly inlineSuggest: boolean;
	/** Names of other extensions that write inline completions. */
	readonly rivals: readonly string[];
	/** Why the active file is left out, as a sentence that names the rule; undefined where it is not. */
	readonly excluded: string | undefined;
	/** There is a tab with a text, and the editor does not hand it to extensions. */
	readonly isTooLarge: boolean;
}

/** One finding for each thing that is in the way; a single one where nothing is. */
export function silenceFindings(facts: SilenceFacts, translate: Translate): readonly Finding[] {
	const { completion } = facts;
	const help = commandHelps(translate);
	const found: Finding[] = [];
	const add = (measured: string, ...helps: Finding['helps']) =>
		found.push(attention(translate('Completions'), measured, ...helps));
	if (!completion.enabled) {
		add(translate('turned off'), setting(settings.completionEnabled), help.toggle);
	}
	if (completion.language?.on === false) {
		add(
			translate('turned off for {0}', completion.language.name),
			setting(settings.completionLanguages),
			help.toggleLanguage,
		);
	}
	if (completion.manualOnly) {
		add(translate('appear only when they are asked for'), setting(settings.completionTrigger), help.complete);
	}
	if (completion.pausedUntil !== undefined) {
		add(translate('pause until {0}', completion.pausedUntil), help.resume);
	}
	if (completion.onBattery) {
		add(
			translate('pause while the computer runs on its battery'),
			setting(settings.completionPauseOnBattery),
		);
	}
	if (!facts.inlineSuggest) {
		add(
			translate('The editor shows nobody’s inline suggestions.'),
			setting({ key: 'editor.inlineSuggest.enabled' }),
		);
	}
	if (facts.rivals.length > 0) {
		add(
			translate('{0} also suggests code: what it shows hides what Familiar does.', facts.rivals.join(', ')),
			advice(translate('Turn one of the two off.')),
		);
	}
	if (facts.excluded !== undefined) {
		add(translate('The active file is left out. {0}', facts.excluded), setting(settings.exclude));
	}
	if (facts.isTooLarge) {
		add(
			translate('The active file is too large: the editor does not hand it to extensions.'),
			advice(translate('Split the file.')),
		);
	}
	return found.length > 0 ? found : [ok(translate('Completions'), unhindered(completion, translate))];
}

function unhindered({ language, lastSilence }: CompletionStatus, translate: Translate): string {
	const on =
		language === undefined
			? translate('on; nothing is in their way. No file is open.')
			: translate('on for {0}; nothing is in their way.', language.name);
	return lastSilence === undefined
		? on
		: `${on} ${translate('Last time nothing was shown: {0}', lastSilence)}`;
}
