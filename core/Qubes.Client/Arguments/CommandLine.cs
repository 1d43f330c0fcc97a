using System.Globalization;
using System.Text;
using Qubes.Qrexec.Protocol;

namespace Qubes.Client.Arguments;

/// <summary>Parses the command line as the C library's long options do, but for abbreviations of their names.</summary>
internal static class CommandLine
{
    /// <summary>What is accepted.</summary>
    public const string Usage = """
        usage: qrexec-client-vm [OPTIONS] TARGET SERVICE[+ARGUMENT] [LOCAL-PROGRAM [ARGUMENTS]]
          -t, --filter-escape-chars-stdout   replace control characters of the output (default on a terminal)
          -T, --filter-escape-chars-stderr   replace control characters of the error output (default on a terminal)
              --no-filter-escape-chars-stdout, --no-filter-escape-chars-stderr   do not
          -a, --agent-socket=PATH            where the agent listens
          -p, --prefix-data=TEXT             send TEXT before the input
              --buffer-size=BYTES            how much is buffered each way
              --use-stdin-socket             standard input is a socket, and the output as well
          -s, --source-qube=NAME             speak for that qube
        """;

    private static readonly (string Long, char Short, bool HasValue)[] Known =
    [
        ("filter-escape-chars-stdout", 't', false),
        ("filter-escape-chars-stderr", 'T', false),
        ("no-filter-escape-chars-stdout", '\0', false),
        ("no-filter-escape-chars-stderr", '\0', false),
        ("agent-socket", 'a', true),
        ("prefix-data", 'p', true),
        ("buffer-size", '\0', true),
        ("use-stdin-socket", '\0', false),
        ("source-qube", 's', true),
    ];

    /// <summary>Parses.</summary>
    /// <exception cref="UsageException">Something is wrong with it.</exception>
    public static CallOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new CallOptions();
        var next = 0;
        while (next < arguments.Count && arguments[next] is ['-', _, ..] word)
        {
            next++;
            if (word == "--")
                break;
            options = word[1] == '-'
                ? TakeLong(options, word[2..], arguments, ref next)
                : TakeShort(options, word[1..], arguments, ref next);
        }

        return Finish(options, [.. arguments.Skip(next)]);
    }

    private static CallOptions TakeLong(CallOptions options, string word, IReadOnlyList<string> arguments, ref int next)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word : word[..equals];
        var found = Array.Find(Known, known => known.Long == name);
        if (found.Long is null)
            throw new UsageException($"there is no option --{name}");
        if (!found.HasValue && equals >= 0)
            throw new UsageException($"option --{name} takes no value");
        var value = !found.HasValue ? "" : equals >= 0 ? word[(equals + 1)..] : ValueOf($"--{name}", arguments, ref next);
        return Apply(options, found.Long, value);
    }

    private static CallOptions TakeShort(CallOptions options, string letters, IReadOnlyList<string> arguments, ref int next)
    {
        for (var i = 0; i < letters.Length; i++)
        {
            var letter = letters[i];
            var found = Array.Find(Known, known => known.Short == letter && letter != '\0');
            if (found.Long is null)
                throw new UsageException($"there is no option -{letter}");
            if (!found.HasValue)
            {
                options = Apply(options, found.Long, "");
                continue;
            }

            // What follows the letter is its value.
            return Apply(options, found.Long, i + 1 < letters.Length ? letters[(i + 1)..] : ValueOf($"-{letter}", arguments, ref next));
        }

        return options;
    }

    private static string ValueOf(string name, IReadOnlyList<string> arguments, ref int next) => next < arguments.Count
        ? arguments[next++]
        : throw new UsageException($"option {name} needs a value");

    private static CallOptions Apply(CallOptions options, string name, string value) => name switch
    {
        "filter-escape-chars-stdout" => options with { FiltersOutput = true },
        "filter-escape-chars-stderr" => options with { FiltersError = true },
        "no-filter-escape-chars-stdout" => options with { FiltersOutput = false },
        "no-filter-escape-chars-stderr" => options with { FiltersError = false },
        "agent-socket" => options with { AgentSocket = value },
        "prefix-data" when options.Prefix is null => options with { Prefix = value },
        "prefix-data" => throw new UsageException("--prefix-data may be given only once"),
        "buffer-size" => options with { BufferSize = ParseSize(value) },
        "use-stdin-socket" => options with { UsesStdinSocket = true },
        _ => options with { Source = value },
    };

    private static int ParseSize(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size
            : throw new UsageException($"the buffer size is not a number from 1 to {int.MaxValue}");

    private static CallOptions Finish(CallOptions options, List<string> words)
    {
        if (words is not [var target, var service, .. var program])
            throw new UsageException("a target and a service are needed");
        if (options.UsesStdinSocket && program.Count > 0)
            throw new UsageException("--use-stdin-socket does not go together with a local program");
        if (service.Length == 0 || Encoding.UTF8.GetByteCount(service) >= QrexecLimits.ServiceName)
            throw new UsageException($"a service has 1 to {QrexecLimits.ServiceName - 1} bytes");
        if (Encoding.UTF8.GetByteCount(options.Source) >= QrexecLimits.NameWidth)
            throw new UsageException($"the name of a qube has at most {QrexecLimits.NameWidth - 1} bytes");
        return options with { Target = target, Service = service, Program = program };
    }
}
