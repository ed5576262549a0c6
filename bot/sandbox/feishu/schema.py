"""The properties that card JSON 2.0 documents, object by object; anything else is an error on the platform.

A table row reads "name name:kind name:[kind]": a property with nothing behind the colon holds a plain value or one
that is not looked into, `kind` is another row, `[kind]` a list of it, and `element` stands for any component.
"""

COMMON = "tag element_id margin"
LAYOUT = "direction horizontal_spacing horizontal_align vertical_spacing vertical_align padding"
FIELD = "name required disabled disabled_tips:text placeholder:text width behaviors:[behavior] value confirm:confirm"
LINKS = "url pc_url ios_url android_url"

_ROWS = {
    "card": "schema config:config card_link:links header:header body:body",
    "config": (
        "streaming_mode streaming_config summary:summary locales enable_forward update_multi width_mode "
        "use_custom_translation enable_forward_interaction style"
    ),
    "summary": "content i18n_content",
    "links": LINKS,
    "header": (
        "title:text subtitle:text text_tag_list:[text_tag] i18n_text_tag_list template icon:icon padding element_id"
    ),
    "text_tag": "tag element_id text:text color",
    "body": f"{LAYOUT} elements:[element]",
    "text": "tag content text_size text_color text_align lines i18n_content icon:icon element_id",
    "icon": "tag token color img_key size",
    "confirm": "title:text text:text",
    "behavior": "type value default_url pc_url ios_url android_url",
    "option": "text:text icon:icon value multi_url:links img_key disabled disabled_tips:text hover_tips:text",
    "action": "multi_url:links",
    "column": (
        f"{COMMON} {LAYOUT} background_style width weight action:action elements:[element] behaviors:[behavior]"
    ),
    "panel_header": (
        "title:text background_color vertical_align padding position width icon:icon icon_position icon_expanded_angle"
    ),
    "border": "color corner_radius",
    "table_column": "name display_name width vertical_align horizontal_align data_type format date_format",
    "header_style": "text_align text_size background_style text_color bold lines",
    "button_area": "pc_display_rule buttons:[element]",
    "checked_style": "show_strikethrough opacity",
}
_ELEMENT_ROWS = {
    "markdown": f"{COMMON} content text_size text_align icon:icon i18n_content",
    "div": f"{COMMON} width text:text icon:icon fields",
    "hr": COMMON,
    "img": (
        f"{COMMON} img_key alt:text title:text corner_radius scale_type size transparent preview mode custom_width "
        "compact_width"
    ),
    "img_combination": f"{COMMON} combination_mode combination_transparent corner_radius img_list:[option]",
    "person": f"{COMMON} user_id size show_avatar show_name style",
    "person_list": f"{COMMON} persons lines show_name show_avatar size drop_invalid_user_id icon:icon ud_icon:icon",
    "chart": f"{COMMON} aspect_ratio color_theme chart_spec preview height",
    "table": (
        f"{COMMON} page_size row_height row_max_height freeze_first_column header_style:header_style "
        "columns:[table_column] rows"
    ),
    "column_set": (
        f"{COMMON} horizontal_spacing horizontal_align flex_mode background_style action:action columns:[column]"
    ),
    "collapsible_panel": (
        f"{COMMON} {LAYOUT} expanded background_color header:panel_header border:border elements:[element]"
    ),
    "interactive_container": (
        f"{COMMON} {LAYOUT} width height background_style has_border border_color corner_radius behaviors:[behavior] "
        "disabled disabled_tips:text confirm:confirm hover_tips:text elements:[element]"
    ),
    "form": f"{COMMON} {LAYOUT} name elements:[element]",
    "button": (
        f"{COMMON} name type size width text:text icon:icon hover_tips:text disabled disabled_tips:text "
        "confirm:confirm behaviors:[behavior] form_action_type action_type required value url multi_url:links"
    ),
    "input": (
        f"{COMMON} {FIELD} default_value max_length input_type rows auto_resize max_rows show_icon label:text "
        "label_position"
    ),
    "select_static": f"{COMMON} {FIELD} type initial_option initial_index options:[option]",
    "multi_select_static": f"{COMMON} {FIELD} type selected_values options:[option]",
    "select_person": f"{COMMON} {FIELD} type initial_option options:[option]",
    "multi_select_person": f"{COMMON} {FIELD} type selected_values options:[option]",
    "date_picker": f"{COMMON} {FIELD} initial_date",
    "picker_time": f"{COMMON} {FIELD} initial_time",
    "picker_datetime": f"{COMMON} {FIELD} initial_datetime",
    "select_img": f"{COMMON} {FIELD} multi_select layout can_preview aspect_ratio style options:[option]",
    "overflow": f"{COMMON} name width options:[option] behaviors:[behavior] confirm:confirm value",
    "checker": (
        f"{COMMON} name checked text:text overall_checkable button_area:button_area checked_style:checked_style "
        "padding confirm:confirm behaviors:[behavior] hover_tips:text disabled disabled_tips:text"
    ),
}

COLOURS = "blue wathet turquoise green yellow orange red carmine violet purple indigo grey default"
_ENUMS = {
    ("header", "template"): COLOURS,
    ("text", "tag"): "plain_text lark_md markdown",
    ("icon", "tag"): "standard_icon custom_icon",
    ("behavior", "type"): "callback open_url",
    ("text_tag", "tag"): "text_tag",
    ("column", "tag"): "column",
    ("button", "type"): ("default primary danger text primary_text danger_text primary_filled danger_filled laser"),
    ("button", "form_action_type"): "submit reset",
    ("input", "input_type"): "text multiline_text password",
    ("config", "width_mode"): "default compact fill",
    ("table_column", "data_type"): "text lark_md options number persons date markdown",
}
TYPES: dict[tuple[str, str], type | tuple[type, ...]] = {
    ("text", "content"): str,
    ("markdown", "content"): str,
    ("chart", "chart_spec"): dict,
    ("table", "rows"): list,
    ("img", "img_key"): str,
    ("behavior", "value"): dict,
    ("option", "value"): str,
    ("summary", "content"): str,
}
REQUIRED = {
    "text": "content",
    "markdown": "content",
    "chart": "chart_spec",
    "img": "img_key",
    "table": "columns rows",
    "table_column": "name",
    "behavior": "type",
    "confirm": "title text",
    "form": "name elements",
    "column_set": "columns",
}

Row = dict[str, tuple[str, bool]]


def _row(text: str) -> Row:
    """Property name to the row of its value ("" for a plain one) and whether it is a list of such."""
    pairs = (word.partition(":") for word in text.split())
    return {name: (kind.strip("[]"), kind.startswith("[")) for name, _, kind in pairs}


OBJECTS: dict[str, Row] = {name: _row(text) for name, text in _ROWS.items()}
ELEMENTS: dict[str, Row] = {name: _row(text) for name, text in _ELEMENT_ROWS.items()}
ENUMS: dict[tuple[str, str], frozenset[str]] = {key: frozenset(text.split()) for key, text in _ENUMS.items()}
CONTAINERS = frozenset({"column_set", "collapsible_panel", "interactive_container", "form"})
INPUTS = frozenset(
    (
        "input",
        "select_static",
        "multi_select_static",
        "select_person",
        "multi_select_person",
        "date_picker",
        "picker_time",
        "picker_datetime",
        "select_img",
        "checker",
    )
)
INTERACTIVE = INPUTS | {"button", "overflow"}
