using System.Diagnostics;
using System.Reflection;

namespace Qubes.Kernel.Scripts.Running;

/// <summary>Puts what a script threw into one line: <c>FILE:LINE:COLUMN: TYPE: TEXT</c>. Keeps nothing of it.</summary>
internal static class ScriptFailure
{
    private const int MostCharacters = 500;

    public static string Of(Exception cause)
    {
        while (cause is TargetInvocationException or AggregateException && cause.InnerException is { } inner)
            cause = inner;
        var text = string.Concat(cause.Message.Take(MostCharacters).Select(c => char.IsControl(c) ? ' ' : c));
        return $"{Place(cause)}{cause.GetType().Name}: {text}";
    }

    private static string Place(Exception cause)
    {
        foreach (var frame in new StackTrace(cause, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetFileName() is { } file && file.EndsWith(Files.ScriptFolders.Ending, StringComparison.Ordinal))
                return $"{file}:{frame.GetFileLineNumber()}:{frame.GetFileColumnNumber()}: ";
        }
        return "";
    }
}
