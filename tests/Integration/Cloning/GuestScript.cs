namespace Qubes.Integration.Tests.Cloning;

/// <summary>A service of a disposable template's own, as a shell script.</summary>
/// <param name="Name">As it is called.</param>
/// <param name="Text">Without its first line.</param>
/// <param name="AsRoot">Run by root, whoever calls.</param>
internal sealed record GuestScript(string Name, string Text, bool AsRoot = false)
{
    /// <summary>What installs it in the disposable template's private volume; a shell command for root.</summary>
    public string Installation => $"""
        mkdir -p /usr/local/etc/qubes-rpc /usr/local/etc/qubes/rpc-config
        cat >/usr/local/etc/qubes-rpc/{Name} <<'END-OF-SERVICE'
        #!/bin/sh
        {Text}
        END-OF-SERVICE
        chmod 755 /usr/local/etc/qubes-rpc/{Name}
        {(AsRoot ? $"echo \"force-user='root'\" >/usr/local/etc/qubes/rpc-config/{Name}" : "")}
        """;
}
