/** Owns the operator at the console in transcripts: commands as events of the same kinds that the console records. */

import { asSeen } from '../../src/domain/attention.ts';
import { hashCode, makeCode } from '../../src/lib/one-time-code.ts';
import type { OperatorCommand } from '../../src/ports/desk.ts';
import type { TurnEvent } from '../../src/ports/store.ts';
import type { ChatWorld } from '../support/chat-world.ts';

export interface OperatorsConsole {
  /** Throws when the command was refused. */
  does(world: ChatWorld, what: string, words: readonly string[]): Promise<void>;
  /** Of the last invite. */
  code(): string;
}

export function createConsole(): OperatorsConsole {
  let code = '';
  let told = 0;

  function invited(name: string, now: number): OperatorCommand {
    code = makeCode();
    const id = `inv-${told}`;
    return { what: 'invite', invite: { id, name, hash: hashCode(id, code), expiresAt: now + 15 * 60_000 } };
  }

  async function actOf({ core, clock }: ChatWorld, what: string, words: readonly string[]): Promise<TurnEvent> {
    told += 1;
    const head = { id: `console:${told}`, at: clock.now(), operator: 'wafula' };
    const command = (given: OperatorCommand): TurnEvent => ({ ...head, kind: 'command', command: given });
    const [first = '', ...rest] = words;
    switch (what) {
      case 'invites':
        return command(invited(first, clock.now()));
      case 'removes': {
        const operator = (await core.store.desk.operators()).find(({ name }) => name === first);
        return command({ what: 'remove_operator', operatorId: operator?.id ?? '' });
      }
      case 'links': {
        const customer = core.store.personalData(`terminal:${rest[0] ?? ''}`)?.customer;
        if (customer === undefined) throw new Error('nobody of that name has written yet');
        return command({ what: 'link_wallet', owner: { appId: null, userId: first }, customerId: customer.id });
      }
      case 'stops':
        return command({ what: 'stop_sales', reason: words.join(' ') });
      case 'resumes':
        return command({ what: 'resume_sales' });
      case 'resolves': {
        const [waiting] = (await core.store.desk.open()).orders;
        if (waiting === undefined) throw new Error('no order is in review');
        const action = `operator_${first.replace('-', '_')}` as 'operator_delivered';
        const { id } = waiting.order;
        return { ...head, kind: 'operator', orderId: id, action, evidence: rest.join(' '), seen: asSeen(waiting.order) };
      }
      default:
        throw new Error(`the operator cannot do this: ${what}`);
    }
  }

  return {
    code: () => code,
    async does(world, what, words) {
      const event = await actOf(world, what, words);
      await world.core.store.record([event]);
      world.core.recordedElsewhere();
      await world.settle();
      const answer = await world.core.store.desk.answer(event.id);
      if (answer === null || answer === 'set_aside' || answer.outcome === 'refused')
        throw new Error(`the console was answered: ${JSON.stringify(answer)}`);
    },
  };
}
