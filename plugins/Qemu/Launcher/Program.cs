using System.Text.Json;

namespace Qubes.Machine.Launcher;

/// <summary>
/// Turns itself into a machine's process: detached from the daemon's session, without privileges, with nothing open but what
/// the description names. Exit codes, when it does not: 1 refused, with one line on standard error; 2 called off.
/// </summary>
internal static class Program
{
    private const int Refused = 1;
    private const int CalledOff = 2;

    private static int Main()
    {
        try
        {
            var input = new CommandInput(Console.OpenStandardInput());
            var line = input.ReadLine() ?? throw new LaunchException("no description on standard input");
            var description = JsonSerializer.Deserialize(line, LaunchJson.Default.LaunchDescription)
                ?? throw new LaunchException("the description is null");

            var descriptors = new DescriptorTable();
            Confinement.Detach();
            foreach (var file in description.Files)
                descriptors.Add(file);
            foreach (var socket in description.Sockets)
                descriptors.Add(socket);
            foreach (var secret in description.Secrets)
                descriptors.Add(secret);
            Confinement.EnterDirectory(description.Directory);

            using (var output = Console.OpenStandardOutput())
                output.Write("ready\n"u8);
            if (input.ReadLine() is not { } word || !word.AsSpan().SequenceEqual("go"u8))
                return CalledOff;

            Confinement.Drop(description.Identity);
            descriptors.Arrange();
            throw NativeExec.Run(description.Program, description.Arguments);
        }
        catch (Exception e) when (e is LaunchException or JsonException or IOException)
        {
            Console.Error.WriteLine($"qubes-machine-launcher: {e.Message}");
            return Refused;
        }
    }
}
