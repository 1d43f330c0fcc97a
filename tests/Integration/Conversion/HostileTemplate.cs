using System.Text;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Conversion;

/// <summary>Makes a disposable template whose own private volume overrides the converter.</summary>
internal static class HostileTemplate
{
    public const string Name = "hostile-dvm";

    private const string Service = """
        #!/bin/bash
        read -r script
        eval "$script"
        """;

    internal static async Task EnsureAsync(Daemon daemon)
    {
        if ((await daemon.RunAsync("qvm-ls", "--raw-list")).Text.Contains(Name, StringComparison.Ordinal))
            return;
        (await daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", DisposableHost.Template, "-l", "red", Name)).Succeeded();
        (await daemon.RunAsync("qvm-start", Name)).Succeeded();
        (await daemon.Tool("qvm-run", "-p", "-u", "root", Name,
            "mkdir -p /usr/local/etc/qubes-rpc && cat > /usr/local/etc/qubes-rpc/dz.Convert && chmod 755 /usr/local/etc/qubes-rpc/dz.Convert")
            .RunAsync(Encoding.UTF8.GetBytes(Service))).Succeeded();
        (await daemon.RunAsync("qvm-shutdown", "--wait", Name)).Succeeded();
        (await daemon.RunAsync("qvm-prefs", Name, "template_for_dispvms", "True")).Succeeded();
        await daemon.FreezeAsync(Name);
        await RequireOverrideAsync(daemon);
    }

    // Tests of hostile behaviour prove nothing unless it is this service that answers: a well-behaved page must come through.
    private static async Task RequireOverrideAsync(Daemon daemon)
    {
        var folder = Directory.CreateTempSubdirectory("qx-override");
        var input = Path.Combine(folder.FullName, "in.txt");
        await File.WriteAllTextAsync(input, "printf '\\0\\1\\0\\1\\0\\1abc'\n");
        (await daemon.RunAsync("qvm-convert", "--dispvm", Name, input)).Succeeded();
        folder.Delete(recursive: true);
    }
}
