/** Puts the room together for the composition root: the adapters in use at once, everything else when it is wanted. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { Later } from '../inference/later';
import type { Log, Model } from '../inference/model';
import type { AdapterShelf } from '../inference/models/treeCommands';
import type { Translate } from '../inference/statusText';
import { commands, type Settings } from '../manifest';
import { ActiveAdapters } from './adapters/active';
import { adaptersOfChat, RoleAdapters } from './adapters/byRole';
import { type AdapterRole, Choices } from './adapters/choices';
import { ForcedFiles } from './audit/forcedFiles';
import type { JudgingOptions } from './judge/judging';
import type { FineTunePanel } from './panel';
import type { FineTuneSession } from './panel/session';
import { VIEW_TYPE } from './panel/viewType';
import type { AcceptanceCounts } from './report/acceptance';
import { Rounds } from './report/rounds';
import type { Workshop } from './workshop';

type PanelOptions = ConstructorParameters<typeof FineTunePanel>[0];

export interface FineTuneRoomOptions {
	readonly model: Model;
	/** Another session of it, for what judges adapters; nothing is loaded in it yet. */
	readonly startModel: JudgingOptions['startModel'];
	/** How the model is loaded; undefined where there is none. */
	readonly loadOptions: JudgingOptions['loadOptions'];
	/** What chats on this machine: `model`, or one of its own. */
	readonly chatModel: Model;
	/** What chats, on this machine or a server: it may write questions and answers about the code where the user wants it. */
	readonly teacher: () => Model;
	/** What chat tells the model before each conversation. */
	readonly chatSystem: string;
	/** Loads the model where it is not loaded because a server does all the rest. Default: it always is. */
	readonly wake?: (role: AdapterRole) => Promise<void>;
	/** Absolute path of the folder that holds everything Familiar keeps. */
	readonly storage: string;
	/** Absolute. */
	readonly cacheFolder: string;
	/** The same in every window of the workspace that is open; undefined where none is. */
	readonly workspace: string | undefined;
	readonly extensionUri: PanelOptions['extensionUri'];
	/** Absolute path of a file that was built for the extension. */
	readonly fileOf: (name: string) => string;
	/** What the statistics counted of completions, by adapter. */
	readonly acceptance: () => Promise<readonly AcceptanceCounts[]>;
	/** The local Git. */
	readonly gitPath: () => string;
	readonly workspaceState: ConstructorParameters<typeof Choices>[0];
	readonly globalState: PanelOptions['memory'];
	readonly settings: () => Settings;
	readonly translate: Translate;
	readonly log: Log;
}

interface FineTuneRoom {
	/** The adapters in use; those of chat say so. */
	readonly active: RoleAdapters;
	/** Of those that are not loaded yet, `serving` and `close` need nothing, and `elsewhere` and `restore` load them. */
	readonly session: Pick<FineTuneSession, 'serving' | 'elsewhere' | 'close'>;
	readonly panel: Pick<FineTunePanel, 'restore'>;
	/** Those on this machine. */
	readonly shelf: AdapterShelf;
	/** Deletes what was trained and chosen, and switches all adapters off. */
	readonly forget: () => Promise<void>;
	readonly disposables: readonly { dispose(): void }[];
}

export function fineTuneRoom(options: FineTuneRoomOptions): FineTuneRoom {
	const { model, translate, log } = options;
	const runs = path.join(options.storage, 'runs');
	const shelved = path.join(options.storage, 'adapters');
	const shelfListeners = new Set<() => void>();
	const onShelved = () => {
		for (const listener of [...shelfListeners]) {
			listener();
		}
	};
	const choices = new Choices(options.workspaceState);
	const chatChoices = new Choices(options.workspaceState, 'chat');
	let isServing = false;
	const onRefused = (names: readonly string[], reason: string) => {
		later.get().then(
			(workshop) => workshop.tellRefused(names, reason),
			(error: unknown) => log.error(`${names.join(', ')}: ${reason}`, error),
		);
	};
	const completion = new ActiveAdapters({ model, choices, onRefused, translate, log });
	const chat = new ActiveAdapters({
		model: adaptersOfChat(options.chatModel),
		choices: chatChoices,
		onRefused,
		translate,
		log,
	});
	const active = new RoleAdapters({
		completion,
		chat,
		roleOf: async (path) => (await later.get()).roleOf(path),
	});
	const later = new Later<Workshop>({
		commands: [
			commands.fineTune,
			commands.fineTuneChat,
			commands.showCorpus,
			commands.showFineTune,
			commands.pauseFineTune,
			commands.resumeFineTune,
			commands.cancelFineTune,
			commands.selectAdapter,
			commands.showReport,
			commands.compareReports,
			commands.copyReport,
			commands.showReportFolder,
			commands.rollBackAdapter,
			commands.importAdapter,
			commands.exportAdapter,
			commands.judgeAdapter,
			commands.measureCurve,
			commands.exportFineTune,
		],
		panel: {
			type: VIEW_TYPE,
			restore: (workshop, panel) => workshop.panel.deserializeWebviewPanel(panel),
		},
		load: async () => {
			const { openWorkshop } = await import('./workshop');
			return () => {
				const workshop = openWorkshop(options, {
					active,
					byRole: {
						completion: { active: completion, choices },
						chat: { active: chat, choices: chatChoices },
					},
					runs,
					shelved,
					onShelved,
				});
				workshop.session.serving(isServing);
				return workshop;
			};
		},
		log,
	});
	const rounds = new Rounds(
		active,
		async () => (await later.get()).lookAfter(),
		(error) => log.error('What is known of the adapters in use could not be looked at', error),
	);
	return {
		active,
		session: {
			serving: (busy) => {
				isServing = busy;
				later.part?.session.serving(busy);
			},
			elsewhere: async () => (await later.get()).session.elsewhere(),
			close: async () => later.part?.session.close(),
		},
		panel: {
			restore: async () => {
				if (await hasEntries(runs)) {
					await (await later.get()).panel.restore();
				}
			},
		},
		shelf: {
			list: async (signal) =>
				model.state.type === 'ready' && (await hasEntries(shelved)) ? (await later.get()).shelf(signal) : [],
			use: async (adapter) => (await later.get()).use(adapter),
			turnOff: async (adapter) => (await later.get()).turnOff(adapter),
			onDidChange: (listener) => {
				const inUse = active.onDidChange(listener);
				shelfListeners.add(listener);
				return {
					dispose: () => {
						inUse.dispose();
						shelfListeners.delete(listener);
					},
				};
			},
		},
		forget: async () => {
			await later.part?.session.forget();
			await choices.clear();
			await chatChoices.clear();
			await new ForcedFiles(options.workspaceState).clear();
			await active.use([]);
		},
		disposables: [rounds, completion, chat, later, { dispose: () => later.part?.dispose() }],
	};
}

/** Whether anything was ever put there. */
async function hasEntries(folder: string): Promise<boolean> {
	return fs.readdir(folder).then(
		(names) => names.length > 0,
		() => false,
	);
}
