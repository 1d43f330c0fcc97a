using System.Text.Json;
using Qubes.Tools.Admin;

namespace Qubes.Tools.Policy.Prompt;

/// <summary>A line from the daemon: a question, or the withdrawal of one.</summary>
internal sealed record PromptMessage(
    int? Id = null, string? Source = null, string? Service = null, string? Argument = null, string[]? Targets = null,
    string? DefaultTarget = null, int? Withdrawn = null)
{
    /// <exception cref="MalformedAnswerException">It is neither.</exception>
    public static PromptMessage Parse(string line)
    {
        try
        {
            if (JsonSerializer.Deserialize(line, PromptMessages.Default.PromptMessage) is { } said
                && (said.Withdrawn is not null || said is { Id: not null, Source: not null, Service: not null, Argument: not null, Targets.Length: > 0 })
                && said.Targets?.Contains(null) != true)
                return said;
        }
        catch (JsonException e)
        {
            throw new MalformedAnswerException($"the daemon's question is not what it should be: {e.Message}");
        }
        throw new MalformedAnswerException("the daemon's question lacks something");
    }
}
