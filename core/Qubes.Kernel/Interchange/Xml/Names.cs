using System.Xml.Linq;

namespace Qubes.Kernel.Interchange.Xml;

// qubes      = labels pools properties domains                                                   @version="3.0"
// labels     = *( label text )                                                                  @id="label-N" @color="0xrrggbb"
// pools      = *( pool )                                                                         @name @driver, an attribute per option
// properties = *( property text )                                                                @name; @ref instead of the text
// domains    = *( domain: properties features *devices tags volume-config )                      @id="domain-N" @class
// features   = *( feature text )                                                                 @name
// tags       = *( tag )                                                                          @name
// volume-config = *( volume )                    @name @pool @vid @size @rw @snap_on_start @save_on_stop @source @revisions_to_keep @ephemeral
//
// Ours alone, in a namespace of its own that other readers pass over: qubes @texts="True" when notes and firewall rules are
// there; domain/text @kind, one each; property @none="True" for a text property that is explicitly none.

/// <summary>The words of the file that more than one place needs.</summary>
internal static class Names
{
    public const string Version = "3.0";
    public const string LabelPrefix = "label-";

    public static readonly XNamespace Own = "urn:qubes-extensible:interchange:1";
    public static readonly XName OwnText = Own + "text";
    public static readonly XName OwnTexts = Own + "texts";
    public static readonly XName OwnNone = Own + "none";
}
