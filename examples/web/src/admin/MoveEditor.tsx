import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  allowEveryMove,
  allowMoves,
  forbidMove,
  listMoves,
  type Move,
  type Stage,
  setMoveRole,
  type Workflow,
} from '../api/organizations';
import { useMembership } from '../session/Session';
import { ErrorNote } from '../ui/ErrorNote';
import { useToast } from '../ui/Toast';

/** Who may make a move; an empty text is nobody. */
type Role = Move['min_role'] | '';

/** The moves that a workflow allows, as a table: a row for each stage that a ticket leaves. */
export function MoveEditor({ workflow }: { workflow: Workflow }) {
  const { client, org } = useMembership();
  const { tellError } = useToast();
  const queries = useQueryClient();
  const moves = useQuery({ queryKey: ['moves', workflow.id], queryFn: () => listMoves(client, org.id, workflow.id) });
  const stages = workflow.workflow_stages;
  const options = { onError: tellError, onSettled: () => queries.invalidateQueries({ queryKey: ['moves', workflow.id] }) };

  // Without a row every move is allowed, so a restriction begins with a row for each of them.
  const restrict = useMutation({ mutationFn: () => allowMoves(client, org.id, workflow.id, everyMove(stages)), ...options });
  const lift = useMutation({ mutationFn: () => allowEveryMove(client, org.id, workflow.id), ...options });
  const change = useMutation({
    // One after the other, so that no cell must be disabled, which would lose the focus of the keyboard.
    scope: { id: `moves ${workflow.id}` },
    mutationFn: ({ move, before, role }: { move: Omit<Move, 'min_role'>; before: Move | undefined; role: Role }) => {
      if (!before) return allowMoves(client, org.id, workflow.id, [{ ...move, min_role: role || 'org_agent' }]);
      return role ? setMoveRole(client, org.id, before, role) : forbidMove(client, org.id, before);
    },
    ...options,
  });

  if (moves.error) return <ErrorNote error={moves.error} />;
  if (moves.isPending) return null;
  const isRestricted = moves.data.length > 0;
  const isSaving = restrict.isPending || lift.isPending;
  const find = (from: Stage, to: Stage) =>
    moves.data.find((move) => move.from_stage_id === from.id && move.to_stage_id === to.id);

  return (
    <section className="stack moves" aria-label={`Allowed moves of ${workflow.name}`}>
      <div className="spread">
        <h3>Allowed moves</h3>
        <button type="button" className="small" disabled={isSaving} onClick={() => (isRestricted ? lift : restrict).mutate()}>
          {isRestricted ? 'Allow every move' : 'Restrict moves'}
        </button>
      </div>
      <p className="muted">
        {isRestricted
          ? 'Who may move a ticket from the stage on the left to the one at the top. Customers reopen and resolve their tickets all the same.'
          : 'The staff may move a ticket from every stage to every other.'}
      </p>
      {isRestricted && (
        <div className="wide-table">
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                {stages.map(({ id, name }) => (
                  <th key={id} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {stages.map((from) => (
                <tr key={from.id}>
                  <th scope="row">{from.name}</th>
                  {stages.map((to) => (
                    <td key={to.id}>
                      {from.id !== to.id && (
                        <select
                          className="small"
                          aria-label={`From ${from.name} to ${to.name}`}
                          value={find(from, to)?.min_role ?? ''}
                          onChange={(event) =>
                            change.mutate({
                              move: { from_stage_id: from.id, to_stage_id: to.id },
                              before: find(from, to),
                              role: event.target.value as Role,
                            })
                          }
                        >
                          <option value="">Nobody</option>
                          <option value="org_agent">Staff</option>
                          <option value="org_admin">Admins</option>
                        </select>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const everyMove = (stages: Stage[]): Move[] =>
  stages.flatMap((from) =>
    stages
      .filter((to) => to.id !== from.id)
      .map((to) => ({ from_stage_id: from.id, to_stage_id: to.id, min_role: 'org_agent' as const })),
  );
