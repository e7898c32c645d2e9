/** The first letter of a name on a colour of its own. */
export function Avatar({ name }: { name: string }) {
  const hue = [...name].reduce((sum, letter) => sum * 31 + (letter.codePointAt(0) ?? 0), 7) % 360;
  return (
    <span className="avatar" style={{ '--hue': hue }} aria-hidden="true">
      {[...name][0]?.toUpperCase()}
    </span>
  );
}
