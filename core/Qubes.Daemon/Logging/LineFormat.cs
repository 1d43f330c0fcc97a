namespace Qubes.Daemon.Logging;

/// <summary>How log lines look.</summary>
/// <param name="ToJournal">With the journal's level prefix, without a time of our own.</param>
/// <param name="WithStackTraces">Exceptions in full, still in one line.</param>
internal sealed record LineFormat(bool ToJournal, bool WithStackTraces);
