import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import {
  arrayMove,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import type { TicketStatus } from '@helpdesk/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { deleteStage, reorderStages, type Stage, type StageChanges, updateStage, type Workflow } from '../api/organizations';
import { useMembership } from '../session/Session';
import { Icon } from '../ui/Icon';
import { capitalize, STATUSES } from '../ui/names';
import { useToast } from '../ui/Toast';

/** The stages of a workflow, which are dragged into another order with pointer or keyboard. */
export function StageEditor({ workflow }: { workflow: Workflow }) {
  const { client } = useMembership();
  const { tellError } = useToast();
  const queries = useQueryClient();
  // Shown at once when a stage is dropped, and corrected by what the server says.
  const [stages, setStages] = useState(workflow.workflow_stages);
  useEffect(() => setStages(workflow.workflow_stages), [workflow.workflow_stages]);
  const reload = () => queries.invalidateQueries({ queryKey: ['workflows'] });

  const reorder = useMutation({
    mutationFn: (ids: string[]) => reorderStages(client, workflow.id, ids),
    onError: (error) => {
      tellError(error);
      setStages(workflow.workflow_stages);
    },
    onSettled: reload,
  });
  const sensors = useSensors(
    useSensor(PointerSensor),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );

  function drop({ active, over }: DragEndEvent) {
    if (!over || active.id === over.id) return;
    const position = (id: string | number) => stages.findIndex((stage) => stage.id === id);
    const next = arrayMove(stages, position(active.id), position(over.id));
    setStages(next);
    reorder.mutate(next.map(({ id }) => id));
  }

  const nameOf = (id: string | number) => stages.find((stage) => stage.id === id)?.name;
  const announcements = {
    onDragStart: ({ active }: { active: { id: string | number } }) => `Picked up ${nameOf(active.id)}.`,
    onDragOver: ({ active, over }: { active: { id: string | number }; over: { id: string | number } | null }) =>
      over && over.id !== active.id ? `${nameOf(active.id)} is at the place of ${nameOf(over.id)}.` : undefined,
    onDragEnd: ({ active }: { active: { id: string | number } }) => `Dropped ${nameOf(active.id)}.`,
    onDragCancel: ({ active }: { active: { id: string | number } }) => `${nameOf(active.id)} stays where it was.`,
  };

  return (
    <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={drop} accessibility={{ announcements }}>
      <SortableContext items={stages.map(({ id }) => id)} strategy={verticalListSortingStrategy}>
        <ol className="plain stages" aria-label={`Stages of ${workflow.name}`}>
          {stages.map((stage) => (
            <StageItem key={stage.id} stage={stage} onChanged={reload} />
          ))}
        </ol>
      </SortableContext>
    </DndContext>
  );
}

function StageItem({ stage, onChanged }: { stage: Stage; onChanged(): Promise<void> }) {
  const { client, org } = useMembership();
  const { tellError } = useToast();
  const { attributes, listeners, setNodeRef, transform, transition, isDragging } = useSortable({ id: stage.id });
  const [name, setName] = useState(stage.name);
  useEffect(() => setName(stage.name), [stage.name]);

  const update = useMutation({
    mutationFn: (changes: StageChanges) => updateStage(client, org.id, stage.id, changes),
    onError: (error) => {
      tellError(error);
      setName(stage.name);
    },
    onSettled: onChanged,
  });
  const remove = useMutation({
    mutationFn: () => deleteStage(client, org.id, stage.id),
    onError: tellError,
    onSettled: onChanged,
  });

  return (
    <li
      ref={setNodeRef}
      className={isDragging ? 'stage-item dragging' : 'stage-item'}
      style={{ transform: transform ? `translateY(${transform.y}px)` : undefined, transition }}
    >
      <button type="button" className="ghost icon-button grip" {...attributes} {...listeners} aria-label={`Move ${stage.name}`}>
        <Icon name="grip" />
      </button>
      <input
        aria-label={`Name of ${stage.name}`}
        value={name}
        maxLength={200}
        onChange={(event) => setName(event.target.value)}
        onBlur={() => name !== stage.name && update.mutate({ name })}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
      <select
        aria-label={`Status of ${stage.name}`}
        value={stage.status}
        onChange={(event) => update.mutate({ status: event.target.value as TicketStatus })}
      >
        {STATUSES.map((status) => (
          <option key={status} value={status}>
            {capitalize(status)}
          </option>
        ))}
      </select>
      <label className="check">
        <input
          type="radio"
          name={`start of ${stage.workflow_id}`}
          checked={stage.is_start}
          onChange={() => update.mutate({ is_start: true })}
        />
        Start<span className="hidden"> in {stage.name}</span>
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={stage.is_active}
          onChange={(event) => update.mutate({ is_active: event.target.checked })}
        />
        Active<span className="hidden">: {stage.name}</span>
      </label>
      <button
        type="button"
        className="small"
        aria-label={`Delete ${stage.name}`}
        onClick={() => confirm(`Delete ${stage.name} and the moves from and to it?`) && remove.mutate()}
        disabled={remove.isPending}
      >
        Delete
      </button>
    </li>
  );
}
