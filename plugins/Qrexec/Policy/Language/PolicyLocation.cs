namespace Qubes.Policy.Language;

/// <summary>A line of a policy file.</summary>
/// <param name="File">The file the line stands in, which may be an included one.</param>
/// <param name="Line">Counted from 1; 0 for a rule that is implied by the file and stands nowhere.</param>
public readonly record struct PolicyLocation(string File, int Line)
{
    /// <summary><c>FILE:LINE</c>, or <c>FILE:-</c>.</summary>
    public override string ToString() => Line > 0 ? $"{File}:{Line}" : $"{File}:-";
}
