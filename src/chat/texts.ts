/** The texts of the chat's webview, which has no translations of its own. */

import type { ChatTexts } from './protocol';

/** The part of `vscode.l10n` that is needed. */
export interface Translator {
	t(message: string): string;
}

export function chatTexts(l10n: Translator): ChatTexts {
	return {
		placeholder: l10n.t('Ask about your code'),
		send: l10n.t('Send'),
		stop: l10n.t('Stop'),
		regenerate: l10n.t('Regenerate'),
		retry: l10n.t('Retry'),
		copy: l10n.t('Copy'),
		copied: l10n.t('Copied'),
		insert: l10n.t('Insert at Cursor'),
		inserted: l10n.t('Inserted'),
		you: l10n.t('You'),
		answering: l10n.t('Answering'),
		nothing: l10n.t('The model answered nothing.'),
		cut: l10n.t('The answer reached its longest length (setting familiar.chat.maxTokens).'),
		stopped: l10n.t('Stopped.'),
		interrupted: l10n.t('Interrupted before the answer was complete.'),
		hidden: l10n.t('Contains hidden characters, shown here. Copy and Insert leave them out.'),
		emptyTitle: l10n.t('Ask about your code'),
		emptyAsk: l10n.t('Ask a question here.'),
		emptyExplain: l10n.t('Explain: select code and choose Familiar: Explain in its context menu.'),
		emptyFix: l10n.t('Fix: open the light bulb of an error and choose Fix with Familiar.'),
		emptyGenerate: l10n.t('Generate: write a comment and run Familiar: Generate from Comment.'),
		emptyLocal: l10n.t('Answers are written on this machine. Nothing leaves it.'),
		starter: l10n.t('Starter model: choose a real one for real work.'),
		selectModel: l10n.t('Select a Model'),
		modelStarting: l10n.t('Starting the model'),
		modelLoading: l10n.t('Loading {0}'),
		transcript: l10n.t('Conversation'),
		'remedy.select-model': l10n.t('Select a Model'),
		'remedy.use-starter': l10n.t('Use the Starter Model'),
		'remedy.use-cpu': l10n.t('Use the Processor'),
		'remedy.show-log': l10n.t('Show Log'),
		'remedy.restart': l10n.t('Restart the Model'),
		'remedy.set-node-path': l10n.t('Choose a Node.js'),
	};
}
