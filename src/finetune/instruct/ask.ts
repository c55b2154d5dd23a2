/** What is asked before the chat is fine-tuned, in its order: how long, of what, by which teacher, and whether to start. */

import type { Model, ModelDescription } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import type { Settings } from '../../manifest';
import type { Audit } from '../corpus/verdict';
import { enough } from '../dataset/split';
import { formatCount } from '../panel/format';
import { corpusSize, type Plan } from '../panel/plan';
import { proposalDetail } from '../panel/questions';
import { InstructWorker } from './instructWorker';
import type { PairKind } from './pair';
import { type ChatAnswers, chatPlan } from './plan';

/** What a face asks with; undefined is a user who went away. */
export interface ChatQuestions {
	/** As the user left it. */
	audit(basePath: string): Promise<Audit | undefined>;
	minutes(title: string): Promise<number | undefined>;
	one<T>(items: readonly Item<T>[], title: string, placeHolder: string): Promise<Item<T> | undefined>;
	several<T>(
		items: readonly Item<T>[],
		title: string,
		placeHolder: string,
	): Promise<readonly Item<T>[] | undefined>;
	/** Whether to start. */
	confirm(message: string, detail: string): Promise<boolean>;
	/** Says why nothing can be trained: there is no model for it, or too little to read. */
	refuse(reason: string, lacks: 'model' | 'files'): void;
}

export interface Item<T> {
	readonly label: string;
	readonly description: string;
	readonly value: T;
	/** Whether it is chosen at first. */
	readonly picked?: boolean;
}

export interface ChatFineTune {
	/** Of this machine: it is trained. */
	readonly model: Pick<Model, 'state' | 'encodeChats'>;
	/** What chats, on this machine or a server. */
	teacher(): Pick<Model, 'state' | 'chat'>;
	/** What chat tells the model before each conversation; '' = nothing. */
	readonly system: string;
	/** Absolute path of the built `worker.ts`, and of the folder with the grammars. */
	readonly script: string;
	readonly grammars: string;
}

/** Bounds of a teacher: functions and minutes. */
const TEACHER_BOUNDS = [
	{ most: 100, minutes: 30 },
	{ most: 300, minutes: 120 },
	{ most: 1_000, minutes: 480 },
] as const;

/** Undefined when nothing is to happen; why, was said. */
export async function askForChat(
	{ model, teacher, system, script, grammars }: ChatFineTune,
	settings: Pick<Settings, 'backend' | 'fineTune'>,
	ask: ChatQuestions,
	translate: Translate,
): Promise<Plan | undefined> {
	const base = trainable(model, translate);
	if (typeof base === 'string') {
		ask.refuse(base, 'model');
		return undefined;
	}
	const audit = await ask.audit(base.path);
	if (audit === undefined) {
		return undefined;
	}
	const size = corpusSize(audit);
	const verdict = enough(size.files, translate);
	if (verdict.type === 'refused') {
		ask.refuse(verdict.reason, 'files');
		return undefined;
	}
	const title = translate('Fine-tune the chat of {0} on {1} files', base.name, formatCount(size.files));
	const minutes = await ask.minutes(title);
	const kinds =
		minutes === undefined
			? undefined
			: await ask.several(kindItems(translate), title, translate('What are questions and answers made of?'));
	if (minutes === undefined || kinds === undefined) {
		return undefined;
	}
	const chosen = await ask.one(
		teacherItems(teacher(), translate),
		title,
		translate('Shall a model write more questions and answers about the code?'),
	);
	if (chosen === undefined || (kinds.length === 0 && chosen.value === undefined)) {
		return undefined;
	}
	const { server } = describe(teacher()) ?? {};
	const proposal = proposalDetail(
		{
			base: base.name,
			repositories: audit.repositories.map((repository) => repository.name),
			leftOut: audit.leftOut,
			size,
			minutes,
			note: verdict.note,
			measuresCurve: settings.fineTune.learningCurve,
			sentTo: chosen.value === undefined ? undefined : server?.host,
		},
		translate,
	);
	if (!(await ask.confirm(translate('Fine-tune the chat of {0} on this workspace?', base.name), proposal))) {
		return undefined;
	}
	const answers: ChatAnswers = {
		audit,
		base,
		minutes,
		kinds: kinds.map(({ value }) => value),
		teacher: chosen.value === undefined ? undefined : { ...chosen.value, model: teacher() },
	};
	return chatPlan(
		answers,
		{ model, worker: new InstructWorker(script, grammars), system, translate },
		settings,
	);
}

function kindItems(translate: Translate): readonly Item<PairKind>[] {
	const item = (value: PairKind, label: string, description: string) => ({
		value,
		label,
		description,
		picked: true,
	});
	return [
		item(
			'functions',
			translate('Documentation and functions'),
			translate('what a function does, and the function from what it shall do'),
		),
		item('commits', translate('Commit messages and changes'), translate('from the history')),
		item('fixes', translate('Errors and their fixes'), translate('from commits that say so')),
		item('tests', translate('Tests and what they test'), ''),
	];
}

type Bounds = (typeof TEACHER_BOUNDS)[number];

function teacherItems(
	teacher: Pick<Model, 'state'>,
	translate: Translate,
): readonly Item<Bounds | undefined>[] {
	const model = describe(teacher);
	const none = {
		label: translate('No'),
		description: translate('nothing is sent anywhere'),
		value: undefined,
	};
	return model === undefined
		? [none]
		: [
				none,
				...TEACHER_BOUNDS.map((bounds) => ({
					label: translate(
						'{0}: about {1} functions, at most {2} minutes',
						model.name,
						formatCount(bounds.most),
						bounds.minutes,
					),
					description:
						model.server === undefined
							? translate('on this machine')
							: translate('code of this workspace is sent to {0}', model.server.host),
					value: bounds,
				})),
			];
}

function describe({ state }: Pick<Model, 'state'>): ModelDescription | undefined {
	return state.type === 'ready' && state.model.chat.type === 'chat' ? state.model : undefined;
}

/** The model that would be trained, or why none can be. */
function trainable({ state }: Pick<Model, 'state'>, translate: Translate): ModelDescription | string {
	if (state.type === 'failed') {
		return state.problem.message;
	}
	if (state.type !== 'ready') {
		return translate('Fine-tuning needs a model, and none is ready. Select one, or wait until it is loaded.');
	}
	const { chat, name } = state.model;
	return chat.type === 'chat'
		? state.model
		: translate('{0} cannot be trained for chat: {1} Select a model that can chat.', name, chat.reason);
}
